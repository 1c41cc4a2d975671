"""GridMix: cells, labels of cells, and the loss that they add."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from method_cues import small_cnn, step_for
from mixlab.core.exit_codes import ExitCode
from mixlab.core.mixing import Mask, MixPlan, Roll, mix_images, sample_beta
from mixlab.methods import Setting
from mixlab.methods.gridmix import GridMix, GridMixer
from tiny import assert_same_weights, run, tiny


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def mask_of(plan: MixPlan) -> Tensor:
    assert isinstance(plan.mixture, Mask)
    return plan.mixture.weight


@pytest.mark.parametrize("per_sample", [False, True])
@pytest.mark.parametrize(("height", "width"), [(16, 16), (13, 18)])
def test_every_cell_is_of_one_image(per_sample: bool, height: int, width: int) -> None:
    images = torch.randn(5, 3, height, width, generator=generator(1))
    for seed in range(10):
        plan = GridMix(per_sample=per_sample).draw(images, generator(seed))
        draws = generator(seed)
        shift = int(torch.randint(1, 5, (), generator=draws))
        lams = sample_beta(1.0, 5 if per_sample else 1, draws).expand(5).tolist()
        mask = mask_of(plan).expand(5, 1, height, width)
        mixed = mix_images(plan, images)
        for index, lam in enumerate(lams):
            kept = set()
            for row in range(height):
                for column in range(width):
                    stays = bool(mask[index, 0, row, column])
                    source = images[index] if stays else images[(index - shift) % 5]
                    assert torch.equal(mixed[index, :, row, column], source[:, row, column])
                    if stays:
                        kept.add((row * 4 // height, column * 4 // width))
            assert len(kept) == round(lam * 16)
            assert plan.lam[index].item() == pytest.approx(float(mask[index].mean()), abs=1e-6)


def test_any_cells_stay() -> None:
    """Each of 9 cells in 3000 draws; a bound that a right sampler breaks once in about ten million draws."""
    kept = GridMix(grid_size=3, per_sample=True).draw_cells(3000, generator(4)).flatten(1)
    share = kept.mean()
    error = float(kept.std()) / 3000**0.5
    assert ((kept.mean(0) - share).abs() < 5.5 * error).all()


def test_the_number_of_cells_follows_beta() -> None:
    """Chi-square over 17 counts with alpha = 1: of lam rounded, wrong once in a thousand seeds."""
    from scipy import stats

    counts = GridMix().draw_cells(8000, generator(5)).sum((1, 2)).long()
    observed = torch.bincount(counts, minlength=17).double()
    expected = torch.full((17,), 8000 / 16, dtype=torch.float64)
    expected[[0, 16]] /= 2
    assert stats.chisquare(observed.numpy(), expected.numpy()).pvalue > 1e-3


class Flat(nn.Module):
    """A backbone whose features are its images' pixels."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.head = nn.Linear(3, classes)

    def forward_features(self, images: Tensor) -> Tensor:
        return images

    def forward_head(self, features: Tensor) -> Tensor:
        logits: Tensor = self.head(features.mean((2, 3)))
        return logits

    def forward(self, images: Tensor) -> Tensor:
        return self.forward_head(self.forward_features(images))


@pytest.mark.parametrize("weight", [0.0, 0.15, 2.0])
def test_the_loss_is_the_references(weight: float) -> None:
    images, labels = torch.randn(4, 3, 16, 16, generator=generator(1)), torch.tensor([0, 1, 2, 1])
    method, backbone = GridMix(local_weight=weight, per_sample=True), Flat(3)
    mixer = method.mixer(Setting(backbone=backbone, num_classes=3, image_size=16))
    assert isinstance(mixer, GridMixer)
    for seed in range(5):
        plan = method.draw(images, generator(seed))
        assert isinstance(plan.pairing, Roll)
        mixed = mix_images(plan, images)
        whole, cells = [], []
        for index in range(4):
            own, other = labels[index], labels[(index - plan.pairing.shift) % 4]
            lam = float(plan.lam[index])
            logits = backbone(mixed[index : index + 1])[0].log_softmax(0)
            whole.append(-(lam * logits[own] + (1 - lam) * logits[other]))
            for row in range(4):
                for column in range(4):
                    part = mixed[index, :, row * 4 : row * 4 + 4, column * 4 : column * 4 + 4].mean((1, 2))
                    logits = (mixer.head.weight[:, :, 0, 0] @ part + mixer.head.bias).log_softmax(0)
                    stays = bool(mask_of(plan)[index, 0, row * 4, column * 4])
                    cells.append(-logits[own if stays else other])
        expected = torch.stack(whole).mean() + weight * torch.stack(cells).mean()
        step = step_for(method, images, labels, seed, backbone=backbone, num_classes=3)
        torch.testing.assert_close(mixer(step), expected)


def test_both_classifiers_teach_the_shared_layers() -> None:
    backbone = small_cnn()
    method = GridMix()
    mixer = method.mixer(Setting(backbone=backbone, num_classes=10, image_size=16))
    images, labels = torch.randn(4, 3, 16, 16, generator=generator(1)), torch.arange(4)
    loss = mixer(step_for(method, images, labels, backbone=backbone, num_classes=10))
    first = next(backbone.parameters())
    gradients = torch.autograd.grad(loss, [first, *mixer.parameters()])
    assert all(gradient.abs().sum() > 0 for gradient in gradients)
    assert [own.parameters for own in mixer.trained()] == [list(mixer.parameters())]


def test_targets_of_cells_sum_to_one_where_the_grid_does_not_fit() -> None:
    method = GridMix(grid_size=3, per_sample=True)
    images, labels = torch.randn(4, 3, 16, 16), torch.arange(4)
    mixer = method.mixer(Setting(backbone=Flat(4), num_classes=4, image_size=16))
    assert isinstance(mixer, GridMixer)
    step = step_for(method, images, labels, backbone=Flat(4))
    target = mixer.targets(step, method.draw(images, generator()))
    torch.testing.assert_close(target.sum(1), torch.ones(4, 3, 3))


@pytest.mark.parametrize(("backbone", "size"), [("resnet8", 8), ("test_vit", 64), ("test_efficientnet", 32)])
def test_it_trains_and_resumes_with_its_classifier(backbone: str, size: int, tmp_path: Path) -> None:
    dataset = {"name": "digits", "layout": "digits", "classes": 10, "size": size}
    config = tiny(dataset=dataset, backbone=backbone, mixMode={"name": "gridmix"}, maxEpochs=1, batchSize=360)
    assert run(config, tmp_path / "whole") == ExitCode.COMPLETED
    assert run(config, tmp_path / "cut", stop_at=(1, 2)) == ExitCode.INTERRUPTED
    assert run(config, tmp_path / "cut") == ExitCode.COMPLETED
    assert_same_weights(tmp_path / "whole", tmp_path / "cut")


def test_the_cells_loss_is_the_runs_own() -> None:
    """Label smoothing counts for cells, too: the criterion sees [B n n, K]."""
    seen: list[tuple[int, ...]] = []

    def criterion(logits: Tensor, target: Tensor) -> Tensor:
        seen.append(tuple(target.shape))
        return F.cross_entropy(logits, target, label_smoothing=0.1)

    method, backbone = GridMix(), Flat(4)
    mixer = method.mixer(Setting(backbone=backbone, num_classes=4, image_size=16))
    images, labels = torch.randn(4, 3, 16, 16), torch.arange(4)
    mixer(step_for(method, images, labels, backbone=backbone, criterion=criterion))
    assert seen == [(4, 4), (64, 4)]
