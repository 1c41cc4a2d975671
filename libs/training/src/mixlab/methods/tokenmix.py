"""TokenMix: several rectangles of a grid are the partner's; labels mix by where a teacher sees their classes.

Paper: Liu et al., ECCV 2022, https://arxiv.org/abs/2207.08409

Of 14 x 14 cells, 112 are the partner's, in rectangles that are drawn as BEiT masks patches
(`core/blockwise.py`). A teacher tells where it sees the class of each image; an image counts by the part of
its own map that shows in the mix.

Verified against the authors' code (Sense-X/TokenMix: `tokenmix.py`): the rectangles, the number of cells
(half of them and 14 more; lam is 0.5 there, whatever alpha says), one mask for the batch, and a map's values
being divided by their sum. Its maps are those of TokenLabeling (zihangJiang/TokenLabeling:
`generate_label.py`): the classifier of an NFNet-F6 is applied to each place of the feature map, the five
highest logits of a place are kept in a file for the whole image, and the training's crop is cut out. Here:

- The teacher sees the training's own images, in each step, and no file is needed. `dm_nfnet_f6` is timm's
  name of theirs; the default is lighter.
- Both weights are divided by their sum: theirs may sum to less than 1 or to more, which weighs the image in
  the loss. Where neither map shows, labels mix by cells; where the teacher sees an image's class nowhere, its
  map is even.
- A logit below 0 counts as 0.
- Label smoothing is the run's, after mixing; theirs is a part of the label maps' targets.
- Explicit generator, partners by a random roll.

The paper is on transformers, but pixels are what is mixed: any backbone will do. Its recipe draws MixUp(0.8)
for the other half of the batches, and binary cross-entropy for a loss:
`mix.tokenmix({ mixupAlpha: 0.8 })`.
"""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor

from mixlab.core.blockwise import blockwise_masks
from mixlab.core.cells import cells_as_pixels
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.errors import InvalidInput
from mixlab.core.fields import Count, CountFromZero, Pixels, Positive
from mixlab.core.mixing import Mask, MixPlan, Pairing, Roll, batch_shape, partners_of, sample_beta, unmixed
from mixlab.core.teacher import Teacher
from mixlab.core.teaching import class_maps, seen_by

from .mixer import Mixer, Setting
from .registry import register
from .switch import WithMixUp


@register(paper="2207.08409")
class TokenMix(WithMixUp):
    """TokenMix: rectangles of a grid are the partner's; labels mix by where a teacher sees their classes."""

    name: Literal["tokenmix"] = "tokenmix"

    formula = (
        "M = 0 in rectangles of ⌊(1 − λ₀) n²⌋ + 14 of n × n cells, λ₀ = ½; x = M a + (1 − M) b; "
        "A a teacher's map of the image's class; λ = Σ M A_a / (Σ M A_a + Σ (1 − M) A_b)"
    )

    needs = frozenset({"teacher"})

    compat_needs = frozenset({"attention", "clean-pass"})

    differences: ClassVar[tuple[str, ...]] = (
        "OpenMixup has the attention of the network in training in place of a teacher's maps, as compat: "
        "'openmixup' does, which takes a vision transformer.",
        "OpenMixup weights each image by what the mix hides of it, as compat: 'openmixup' does; here by what "
        "the mix shows.",
        "OpenMixup draws λ₀ ~ Beta(alpha, alpha), as compat: 'openmixup' does; here and in the authors' code "
        "it is 0.5.",
        "OpenMixup's two weights are means over the batch and need not sum to 1; compat: 'openmixup' divides "
        "them by their sum.",
        "OpenMixup looks at the clean batch in training mode; compat: 'openmixup' has evaluation mode.",
    )

    lam: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Share of cells that are kept, before `minimumCells` more of them are the partner's."""

    alpha: Positive | None = None
    """Where given, that share is drawn from Beta(alpha, alpha) instead; from Beta(1, 1) for `compat`."""

    grid_size: Count = 14
    """Cells along a side."""

    minimum_cells: CountFromZero = 14
    """Cells that are the partner's whatever the share."""

    per_sample: bool = False
    """Draw a mask for each sample instead of one for the batch."""

    teacher_size: Pixels = 224
    """Side, in pixels, that images are resized to for the teacher."""

    teacher: Teacher = Teacher()
    """The network that sees classes; it has to have been trained on those of the dataset."""

    compat: Literal["none", "openmixup"] = "none"
    """`openmixup` draws the share, reads attention in place of a teacher's maps and gives all labels of a
    batch weights by what the mixes hide."""

    @torch.no_grad()
    def draw_own(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing, the share of cells, then the rectangles.

        Raises:
            ValueError: the images are not [B, C, H, W]; no cell of them would be left.
            LookupError: no teacher is given; no attention, for `compat`.
            TypeError: the teacher has no feature map.
        """
        size, height, width = batch_shape(images)
        if size == 0:
            return unmixed(images)
        pairing = Roll.draw(size, generator)
        cells = self.draw_cells(size if self.per_sample else 1, generator)
        cells = cells.to(images.device, non_blocking=True)
        if self.compat == "none":
            maps = self._maps(images, cues)
            lam = share_shown(cells.float(), maps, partners_of(pairing, maps))
        else:
            lam = share_hidden(cells.float(), cues.attention.of_class_token(), pairing)
        return MixPlan(pairing, Mask(cells_as_pixels(cells, height, width)), lam)

    def draw_cells(self, count: int, generator: torch.Generator) -> Tensor:
        """Whether a cell is the image's own, bool [count, n, n]."""
        self._check_cells()
        cells = self.grid_size**2
        alpha = 1.0 if self.alpha is None and self.compat == "openmixup" else self.alpha
        if alpha is None:
            lam = torch.full((count,), self.lam, dtype=torch.float64)
        else:
            lam = sample_beta(alpha, count, generator)
        covered = (((1 - lam) * cells).long() + self.minimum_cells).clamp_(max=cells)
        return ~blockwise_masks(self.grid_size, covered, generator)

    def _check_cells(self) -> None:
        """Refuse what covers every image, as the default `minimum_cells` does on a small grid."""
        cells, drawn = self.grid_size**2, self.alpha is not None or self.compat == "openmixup"
        covered = self.minimum_cells + (0 if drawn else int((1 - self.lam) * cells))
        if covered >= cells:
            lam = "" if drawn else f" and lam: {self.lam}"
            raise ValueError(
                f"minimumCells: {self.minimum_cells}{lam} leave none of the {cells} cells of gridSize "
                f"{self.grid_size}"
            )

    def _maps(self, images: Tensor, cues: Cues) -> Tensor:
        """Where the teacher sees each image's class, float32 [B, n, n], each summing to 1."""
        labels = cues.labels if cues.labels.ndim == 1 else cues.labels.argmax(1)
        seen = seen_by(self.teacher, images, cues.normalisation, self.teacher_size)
        maps = class_maps(cues.teacher, seen, labels)[:, None]
        grid = self.grid_size, self.grid_size
        return normalised(F.interpolate(maps, size=grid, mode="bilinear", align_corners=False)[:, 0])

    def own_mixer(self, setting: Setting) -> Mixer:
        """The ordinary one.

        Raises:
            InvalidInput: the teacher does not tell the dataset's classes apart.
            ValueError: no cell of the images would be left.
        """
        self._check_cells()
        for teacher in self.teachers():
            network = setting.teachers.get(teacher)
            classes = getattr(network, "num_classes", setting.num_classes)
            if classes != setting.num_classes:
                raise InvalidInput(
                    f"mixMode.teacher: {teacher.backbone} ({teacher.weights}) tells {classes} classes apart, "
                    f"the dataset has {setting.num_classes}"
                )
        return Mixer(self)


def normalised(maps: Tensor) -> Tensor:
    """Maps [B, n, n] with a sum of 1 each; even ones in place of those without any value."""
    total = maps.sum((1, 2), keepdim=True)
    even = torch.full_like(maps, 1 / (maps.shape[1] * maps.shape[2]))
    return torch.where(total > 0, maps / total.clamp_min(torch.finfo(maps.dtype).tiny), even)


def share_shown(kept: Tensor, own: Tensor, partner: Tensor) -> Tensor:
    """The first image's share of what shows of both maps, float32 [B]; that of the cells where nothing does.

    Args:
        kept: 1 where a cell is the first image's, else 0, [B or 1, n, n].
        own: map of each image, [B, n, n], summing to 1.
        partner: map of its partner.
    """
    shown, others = (kept * own).sum((1, 2)), ((1 - kept) * partner).sum((1, 2))
    total = shown + others
    share = shown / total.clamp_min(torch.finfo(total.dtype).tiny)
    return torch.where(total > 0, share, kept.mean((1, 2)))


def share_hidden(kept: Tensor, attention: Tensor, pairing: Pairing) -> Tensor:
    """The first image's share of the attention that the mixes hide, one for the batch, float32 [B].

    Args:
        kept: 1 where a cell is the first image's, else 0, [B or 1, n, n].
        attention: to each patch of the clean images, on a square grid, [B, N].
        pairing: which image is mixed with which.
    """
    side = math.isqrt(attention.shape[1])
    own, maps = F.adaptive_avg_pool2d(kept, side), attention.view(-1, side, side)
    hidden = ((1 - own) * maps).sum((1, 2)).mean()
    others = (own * partners_of(pairing, maps)).sum((1, 2)).mean()
    return (hidden / (hidden + others)).expand(len(attention))
