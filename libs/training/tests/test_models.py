from __future__ import annotations

from pathlib import Path

import pytest
import torch

from conftest import Processes
from mixlab.config import RunConfig
from mixlab.core.anatomy import as_map, forward_features, forward_head, map_of_stage, stages
from mixlab.core.errors import InvalidInput
from mixlab.core.vision import import_timm
from mixlab.models import check_backbone, create_model, list_backbones
from mixlab.models.wide_resnet import WideResNet
from tiny import tiny, write


def parameters(model: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def model_of(backbone: str, **changes: object) -> RunConfig:
    return tiny(backbone=backbone, **changes)


@pytest.mark.parametrize(
    ("backbone", "millions"),
    [("resnet20", 0.27), ("resnet32", 0.46), ("resnet44", 0.66), ("resnet56", 0.85), ("resnet110", 1.7)],
)
def test_resnets_for_small_images_have_the_paper_s_size(backbone: str, millions: float) -> None:
    """He et al. 2016, table 6."""
    model = create_model(model_of(backbone))
    assert parameters(model) / 1e6 == pytest.approx(millions, abs=0.006 if millions < 1 else 0.05)
    assert model(torch.zeros(2, 3, 32, 32)).shape == (2, 10)


@pytest.mark.parametrize(
    ("depth", "width", "millions"), [(40, 4, 8.9), (16, 8, 11.0), (22, 8, 17.2), (28, 10, 36.5)]
)
def test_wide_resnets_have_the_paper_s_size(depth: int, width: int, millions: float) -> None:
    """Zagoruyko and Komodakis 2016, table 4, for CIFAR-10."""
    model = WideResNet(depth, width, 10)
    assert parameters(model) / 1e6 == pytest.approx(millions, abs=0.051)


@pytest.mark.parametrize("depth", [4, 20, 27])
def test_depths_that_no_wide_resnet_has(depth: int) -> None:
    with pytest.raises(ValueError, match="depth must be 6n"):
        WideResNet(depth, 1, 10)


@pytest.mark.parametrize(
    ("backbone", "millions"),
    [
        ("resnet18", 11.69),
        ("resnet34", 21.80),
        ("resnet50", 25.56),
        ("resnet101", 44.55),
        ("resnext50_32x4d", 25.03),
        ("resnext101_32x4d", 44.18),
        ("efficientnet_b0", 5.29),
        ("mobilenetv2_100", 3.50),
        ("deit_tiny_patch16_224", 5.72),
        ("deit_small_patch16_224", 22.05),
        ("deit_base_patch16_224", 86.57),
        ("swin_tiny_patch4_window7_224", 28.29),
        ("convnext_tiny", 28.59),
    ],
)
def test_timm_s_networks_of_the_benchmark_have_the_papers_size(backbone: str, millions: float) -> None:
    """Millions of parameters for ImageNet's classes, as the papers' authors count them."""
    dataset = {"name": "made-up", "classes": 1000, "size": 224}
    with torch.device("meta"):
        model = create_model(model_of(backbone, dataset=dataset))
    assert parameters(model) / 1e6 == pytest.approx(millions, abs=0.005)


@pytest.mark.parametrize(
    ("backbone", "millions"),
    [
        ("pvt_tiny", 13.2),
        ("pvt_small", 24.5),
        ("moganet_xtiny", 3.0),
        ("moganet_tiny", 5.2),
        ("moganet_small", 25.3),
    ],
)
def test_own_networks_have_the_papers_size(backbone: str, millions: float) -> None:
    """Wang et al. 2021, table 2; Li et al. 2024, table 1; both for ImageNet's classes at 224 pixels."""
    dataset = {"name": "made-up", "classes": 1000, "size": 224}
    assert parameters(create_model(model_of(backbone, dataset=dataset))) / 1e6 == pytest.approx(
        millions, abs=0.051
    )


@pytest.mark.parametrize("backbone", ["wrn28_8", "pvt_tiny", "moganet_xtiny"])
def test_own_networks_learn_and_show_their_stages(backbone: str) -> None:
    dataset = {"name": "made-up", "classes": 7, "size": 64}
    model = create_model(model_of(backbone, dataset=dataset))
    images = torch.randn(4, 3, 64, 64)
    loss = torch.nn.functional.cross_entropy(model(images), torch.arange(4))
    loss.backward()
    assert all(own.grad is not None and own.grad.isfinite().all() for own in model.parameters())
    sides = [map_of_stage(model, images, stage).shape[2] for stage in range(len(stages(model)))]
    assert sides == ([64, 32, 16] if backbone == "wrn28_8" else [16, 8, 4, 2])
    features = forward_features(model, images)
    assert as_map(model, features).shape[2] == sides[-1]
    torch.testing.assert_close(forward_head(model, features).shape, model(images).shape)


def test_a_pvt_takes_images_of_other_sizes_than_it_was_made_for() -> None:
    dataset = {"name": "made-up", "classes": 7, "size": 64}
    model = create_model(model_of("pvt_tiny", dataset=dataset, inputs={"testSize": 96})).eval()
    assert model(torch.randn(2, 3, 96, 96)).shape == (2, 7)
    with torch.no_grad():
        for stage in model.stages:  # type: ignore[union-attr]
            stage.pos_embed.fill_(0.25)  # type: ignore[union-attr]
            assert torch.allclose(stage._positions((5, 3)), torch.tensor(0.25))  # type: ignore[operator]


def test_a_wide_resnet_has_the_small_stem_that_a_recipe_asks_for() -> None:
    assert create_model(model_of("wrn28_8", model={"stem": "cifar"})).conv1.stride == (1, 1)  # type: ignore[union-attr]


@pytest.mark.parametrize(("stem", "sides"), [("cifar", [64, 32, 16, 8]), ("tiny-imagenet", [32, 16, 8, 4])])
def test_stems_for_small_images_keep_a_resnet_from_shrinking_64_pixels(stem: str, sides: list[int]) -> None:
    dataset = {"name": "made-up", "classes": 200, "size": 64}
    model = create_model(model_of("resnet18", dataset=dataset, model={"stem": stem})).eval()
    found = []
    for stage in (model.layer1, model.layer2, model.layer3, model.layer4):
        stage.register_forward_hook(lambda module, inputs, output: found.append(output.shape[2]))  # type: ignore[union-attr, operator]
    assert model(torch.randn(1, 3, 64, 64)).shape == (1, 200)
    assert found == sides
    # The published ResNet-18 for CIFAR with 200 classes: 7x7x3x64 weights fewer, 3x3x3x64 more.
    assert sum(p.numel() for p in model.parameters()) == 11_689_512 - 800 * 513 - 3 * 64 * (49 - 9)


@pytest.mark.parametrize("backbone", ["pvt_tiny", "moganet_xtiny"])
def test_drop_path_of_own_networks_grows(backbone: str) -> None:
    from timm.layers import DropPath

    dataset = {"name": "made-up", "classes": 7, "size": 64}
    model = create_model(model_of(backbone, dataset=dataset, model={"dropPath": 0.2}))
    rates = [module.drop_prob for module in model.modules() if isinstance(module, DropPath)]
    assert rates[0] == 0
    assert rates[-1] == pytest.approx(0.2)
    assert rates == sorted(rates)


def test_every_backbone_of_the_catalog_can_be_built() -> None:
    timm = import_timm()
    backbones = list_backbones()
    assert [b.name for b in backbones if b.source == "timm" and not timm.is_model(b.name)] == []
    assert len({b.name for b in backbones}) == len(backbones)
    assert {b.family for b in backbones} == {"cnn", "vit", "hierarchical-vit"}


@pytest.mark.parametrize(
    ("typo", "right"), [("resnet5O", "resnet50"), ("deit-small-patch16-224", "deit_small_patch16_224")]
)
def test_unknown_backbone_names_the_nearest(typo: str, right: str) -> None:
    with pytest.raises(InvalidInput, match=f"no network is called '{typo}'.*did you mean .*{right}"):
        check_backbone(typo)


def test_stem_for_small_images() -> None:
    """The stem keeps the resolution: 7x7 with stride 2 and pooling would leave a quarter of it."""
    small = create_model(model_of("resnet18", model={"stem": "cifar"}))
    large = create_model(model_of("resnet18"))
    image = torch.zeros(2, 3, 32, 32)
    assert small.forward_features(image).shape[2:] == (4, 4)  # type: ignore[operator]
    assert large.forward_features(image).shape[2:] == (1, 1)  # type: ignore[operator]
    assert parameters(large) - parameters(small) == 64 * 3 * (49 - 9)


def test_drop_path() -> None:
    model = create_model(model_of("resnet18", model={"dropPath": 0.1}))
    from timm.layers import DropPath

    rates = [module.drop_prob for module in model.modules() if isinstance(module, DropPath)]
    assert max(rates) == pytest.approx(0.1)
    with pytest.raises(InvalidInput, match="resnet8 has no stochastic depth"):
        create_model(model_of("resnet8", model={"dropPath": 0.1}))


def test_transformer_takes_the_size_of_the_inputs() -> None:
    dataset = {"name": "digits", "classes": 10, "size": 32}
    model = create_model(model_of("deit_tiny_patch16_224", dataset=dataset))
    assert model(torch.zeros(1, 3, 32, 32)).shape == (1, 10)
    with pytest.raises(
        InvalidInput, match="takes images of one size, but trains on 32 pixels and is tested on 48"
    ):
        create_model(model_of("deit_tiny_patch16_224", dataset=dataset, inputs={"testSize": 48}))


def test_weights_follow_from_the_seed_alone() -> None:
    before = torch.get_rng_state()
    one, same, other = (create_model(tiny(seed=seed)).state_dict() for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["conv1.weight"], other["conv1.weight"])


class TestPretrained:
    def test_a_checkpoint_by_path(self, tmp_path: Path) -> None:
        trained = create_model(tiny(seed=7)).state_dict()
        torch.save({"epoch": 3, "model": trained}, tmp_path / "last.pt")
        model = create_model(tiny(model={"pretrained": str(tmp_path / "last.pt")}))
        assert all(torch.equal(value, trained[name]) for name, value in model.state_dict().items())

    def test_another_number_of_classes_starts_the_classifier_afresh(self, tmp_path: Path) -> None:
        trained = create_model(
            tiny(seed=7, dataset={"name": "cifar100", "classes": 100, "size": 8})
        ).state_dict()
        torch.save(trained, tmp_path / "weights.pth")
        config = tiny(model={"pretrained": str(tmp_path / "weights.pth")})
        model, scratch = create_model(config).state_dict(), create_model(tiny()).state_dict()
        assert torch.equal(model["layer3.0.conv1.weight"], trained["layer3.0.conv1.weight"])
        assert torch.equal(model["fc.weight"], scratch["fc.weight"])

    def test_safetensors(self, tmp_path: Path) -> None:
        from safetensors.torch import save_file

        trained = create_model(tiny(seed=7)).state_dict()
        save_file(trained, tmp_path / "weights.safetensors")
        model = create_model(tiny(model={"pretrained": str(tmp_path / "weights.safetensors")}))
        assert all(torch.equal(value, trained[name]) for name, value in model.state_dict().items())

    def test_another_architecture_is_refused(self, tmp_path: Path) -> None:
        torch.save(create_model(tiny(backbone="resnet14")).state_dict(), tmp_path / "weights.pth")
        with pytest.raises(InvalidInput, match=r"is of another network: unknown layer1\.1\.conv1\.weight"):
            create_model(tiny(model={"pretrained": str(tmp_path / "weights.pth")}))

    @pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 and then nothing"])
    def test_damaged_file(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "weights.pth").write_bytes(content)
        with pytest.raises(InvalidInput, match=r"model\.pretrained: .*weights\.pth cannot be read"):
            create_model(tiny(model={"pretrained": str(tmp_path / "weights.pth")}))

    def test_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput, match=r"model\.pretrained: no such file: .*gone\.pth"):
            create_model(tiny(model={"pretrained": str(tmp_path / "gone.pth")}))

    def test_own_backbones_have_none_at_timm(self) -> None:
        with pytest.raises(InvalidInput, match="timm has no weights for resnet8"):
            create_model(tiny(model={"pretrained": "timm"}))

    def test_offline_is_said_before_anything_is_written(self, tmp_path: Path, processes: Processes) -> None:
        config = write(model_of("resnet18", model={"pretrained": "timm"}), tmp_path / "run.json")
        found = processes.python(
            *("-m", "mixlab.train", config, "--run-dir", tmp_path / "run", "--device", "cpu"),
            HF_HUB_OFFLINE="1",
            HF_HOME=str(tmp_path / "cache"),
        )
        assert found.returncode == 1
        assert "timm's weights of resnet18 are not in the cache and cannot be downloaded" in found.stderr
        assert "Traceback" not in found.stderr
        assert not (tmp_path / "run").exists()
