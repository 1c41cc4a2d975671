"""AttentiveMix+: masks against a slow reference of their own, and where its teacher comes from."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from method_cues import small_cnn
from mixlab.core.cues import IMAGENET, Cues, Normalisation
from mixlab.core.errors import InvalidInput, TrainingFailed
from mixlab.core.exit_codes import ExitCode
from mixlab.core.mixing import Mask, mix_images, sample_beta
from mixlab.core.teacher import Teacher
from mixlab.methods.attentivemix import AttentiveMix, best_cells
from mixlab.models import load_teachers
from tiny import run, tiny, weights

FROM_FILE = Teacher(backbone="resnet8", weights="teacher.pt")


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


class Looking(nn.Module):
    """A teacher whose features are its images, averaged over cells of 32 pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = torch.empty(0)

    def forward_features(self, images: Tensor) -> Tensor:
        self.seen = images
        return nn.functional.avg_pool2d(images, 32)


def draw(method: AttentiveMix, images: Tensor, seed: int, teacher: nn.Module | None = None) -> Mask:
    plan = method.draw(images, generator(seed), Cues(teacher=teacher or small_cnn().eval()))
    assert isinstance(plan.mixture, Mask)
    return plan.mixture


def reference(image: NDArray[np.float32], kept: int) -> NDArray[np.float32]:
    """Weights of one image of 224 pixels, cell by cell, for the teacher that looks at the pixels alone."""
    scores = {}
    for row in range(7):
        for column in range(7):
            cell = image[:, row * 32 : (row + 1) * 32, column * 32 : (column + 1) * 32]
            scores[row, column] = float(cell.astype(np.float64).mean())
    mask = np.zeros((224, 224), dtype=np.float32)
    for row, column in sorted(scores, key=lambda cell: -scores[cell])[:kept]:
        mask[row * 32 : (row + 1) * 32, column * 32 : (column + 1) * 32] = 1
    return mask


@pytest.mark.parametrize("top_k", [None, 6])
@pytest.mark.parametrize("per_sample", [False, True])
def test_images_and_labels_are_the_references(top_k: int | None, per_sample: bool) -> None:
    images = torch.randn(3, 3, 224, 224, generator=generator(1))
    method = AttentiveMix(top_k=top_k, per_sample=per_sample)
    for seed in range(3):
        draws = generator(seed)
        shift = int(torch.randint(1, 3, (), generator=draws))
        lam = sample_beta(2.0, 3 if per_sample else 1, draws, 8.0).expand(3)
        plan = method.draw(images, generator(seed), Cues(teacher=Looking()))
        mixed = mix_images(plan, images)
        for index in range(3):
            kept = top_k or min(max(int(49 * float(lam[index])), 1), 49)
            mask = reference(images[index].numpy(), kept)
            partner = images[(index - shift) % 3].numpy()
            expected = mask * images[index].numpy() + (1 - mask) * partner
            np.testing.assert_array_equal(mixed[index].numpy(), expected)
            assert float(plan.lam[index]) == pytest.approx(kept / 49)


def test_equal_scores_keep_the_first_cells() -> None:
    cells = best_cells(torch.zeros(2, 3, 3), torch.tensor([[2], [9]]))
    assert cells.flatten(1).tolist() == [[True, True] + [False] * 7, [True] * 9]


def test_where_the_grid_does_not_fit_the_label_is_of_the_pixels() -> None:
    images = torch.randn(4, 3, 64, 64, generator=generator(1))
    method = AttentiveMix(teacher_size=56)
    plan = method.draw(images, generator(), Cues(teacher=small_cnn().eval()))
    assert isinstance(plan.mixture, Mask)
    torch.testing.assert_close(plan.lam, plan.mixture.weight.float().mean((1, 2, 3)))
    starts = [pixel for pixel in range(64) if pixel == 0 or pixel * 7 // 64 != (pixel - 1) * 7 // 64]
    assert len(starts) == 7
    kept = plan.mixture.weight[:, 0][:, starts][:, :, starts].sum((1, 2))
    assert len(set(kept.tolist())) == 1


def test_compat_normalises_by_the_batch_and_leaves_the_teacher_as_it_was() -> None:
    teacher = small_cnn().eval()
    state = {name: value.clone() for name, value in teacher.state_dict().items() if "tracked" not in name}
    images = torch.randn(4, 3, 56, 56, generator=generator(1)) * 3 + 1
    method = AttentiveMix(teacher_size=56, top_k=10)
    compat = AttentiveMix(teacher_size=56, top_k=10, compat="openmixup")
    ours, theirs = (draw(own, images, 0, teacher).weight for own in (method, compat))
    assert not torch.equal(ours, theirs)
    assert not any(module.training for module in teacher.modules())
    assert all(torch.equal(value, teacher.state_dict()[name]) for name, value in state.items())
    training = deepcopy(teacher).train()
    with torch.no_grad():
        scores = nn.functional.adaptive_avg_pool2d(training.forward_features(images).mean(1), 7)
    cells = best_cells(scores, torch.tensor([[10]])).repeat_interleave(8, 1).repeat_interleave(8, 2)
    assert torch.equal(theirs[:, 0], cells)


def test_compat_weights_labels_by_the_first_image() -> None:
    images = torch.randn(4, 3, 60, 60, generator=generator(1))
    compat = AttentiveMix(teacher_size=56, top_k=10, compat="openmixup")
    for seed in range(5):
        plan = compat.draw(images, generator(seed), Cues(teacher=small_cnn().eval()))
        assert isinstance(plan.mixture, Mask)
        assert (plan.lam == plan.mixture.weight[0].float().mean()).all()


class TestLaw:
    """Kolmogorov-Smirnov and a bound on a mean: each is wrong once in a thousand seeds."""

    @pytest.mark.parametrize(("alpha", "beta"), [(2.0, 8.0), (0.3, 8.0), (1.0, 3.0)])
    def test_beta(self, alpha: float, beta: float) -> None:
        from scipy import stats

        lam = sample_beta(alpha, 20_000, generator(3), beta).numpy()
        assert stats.kstest(lam, stats.beta(alpha, beta).cdf).pvalue > 1e-3

    def test_equal_parameters_draw_as_one(self) -> None:
        assert torch.equal(sample_beta(0.7, 99, generator(), 0.7), sample_beta(0.7, 99, generator()))

    @pytest.mark.parametrize("compat", ["none", "openmixup"])
    def test_number_of_cells(self, compat: str) -> None:
        from scipy import stats

        images = torch.randn(2000, 1, 7, 7, generator=generator(1))
        method = AttentiveMix.model_validate({"compat": compat, "perSample": True, "teacherSize": 224})
        counts = method._draw_kept(len(images), generator(2)).flatten().double()
        law = stats.beta(2, 2 if compat == "openmixup" else 8)
        edges = law.cdf(np.arange(50) / 49)
        share = np.diff(edges)
        share[1] += share[0]
        expected = float((np.arange(1, 49) * share[1:]).sum())
        error = float(counts.std()) / len(images) ** 0.5
        assert abs(float(counts.mean()) - expected) < 3.3 * error


def test_timms_teachers_see_what_they_were_trained_on() -> None:
    pixels = torch.rand(2, 3, 224, 224, generator=generator(1))
    own = Normalisation((0.1, 0.2, 0.3), (0.5, 0.4, 0.2))

    def normalised(by: Normalisation) -> Tensor:
        return (pixels - torch.tensor(by.mean).view(-1, 1, 1)) / torch.tensor(by.std).view(-1, 1, 1)

    for teacher, expected in ((Teacher(), normalised(IMAGENET)), (FROM_FILE, normalised(own))):
        looking = Looking()
        method = AttentiveMix(teacher=teacher)
        method.draw(normalised(own), generator(), Cues(teacher=looking, normalisation=own))
        torch.testing.assert_close(looking.seen, expected, atol=1e-5, rtol=1e-5)


def test_small_images_are_enlarged_for_the_teacher() -> None:
    looking = Looking()
    draw(AttentiveMix(), torch.randn(2, 3, 64, 64), 0, looking)
    assert looking.seen.shape == (2, 3, 224, 224)


def test_a_teacher_trained_here_guides_a_training(tmp_path: Path) -> None:
    assert run(tiny(maxEpochs=1), tmp_path / "teacher") == ExitCode.COMPLETED
    path = tmp_path / "teacher" / "checkpoints" / "last.pt"
    before = weights(tmp_path / "teacher")
    teacher = {"backbone": "resnet8", "weights": str(path)}
    mix_mode = {"name": "attentivemix", "teacher": teacher, "teacherSize": 28}
    config = tiny(mixMode=mix_mode)
    (network,) = load_teachers(config).values()
    assert not network.training
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert run(config, tmp_path / "run", max_steps=2) == ExitCode.COMPLETED


def test_a_missing_teacher_is_said_before_training(tmp_path: Path) -> None:
    teacher = {"backbone": "resnet8", "weights": str(tmp_path / "gone.pt")}
    config = tiny(mixMode={"name": "attentivemix", "teacher": teacher})
    with pytest.raises(InvalidInput, match=r"mixMode\.teacher\.weights: no such file"):
        load_teachers(config)


def test_offline_without_a_path_is_said_before_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    with pytest.raises(
        TrainingFailed, match=r"mixMode\.teacher\.weights: timm's weights of resnet18 are not in the cache"
    ):
        run(tiny(mixMode={"name": "attentivemix"}), tmp_path / "run")
    assert not (tmp_path / "run").exists()
