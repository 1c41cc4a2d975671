// Generated from the training library by `npx nx run catalog:generate`. Do not edit.

import type { Backbone } from '../backbone.ts';

/** What is trained on. Where it lies on a machine is not part of an experiment. */
export interface Dataset {
  /** Short name; the root on a machine comes from MIXLAB_DATA_<NAME> or mixlab.local.json. */
  readonly name: string;
  /** How the files lie; `auto` looks at the root. `digits` is scikit-learn's, and needs no root. Default: `"auto"`. */
  readonly layout: 'auto' | 'cifar' | 'digits' | 'imagefolder' | 'list' | 'mnist' | 'tiny-imagenet';
  /** Number of classes. Range: ≥ 2 and ≤ 1000000. */
  readonly classes: number;
  /** Side of the square input, in pixels, unless `inputs` says otherwise. Range: > 0 and ≤ 8192. */
  readonly size: number;
  /** Name of the training split (of its folder, in an ImageFolder tree). Default: `"train"`. */
  readonly trainSplit: string;
  /** Name of the evaluation split. Default: `"val"`. */
  readonly valSplit: string;
  /**
   * File of the training split in the layout `list`, a line `path label` for each image; relative to the
   * root. Null looks for it where OpenMixup's users have it. Default: `null`.
   */
  readonly trainList: string | null;
  /** The same of the evaluation split. Default: `null`. */
  readonly valList: string | null;
  /** Mean of each RGB channel, of pixels in 0..1. Default: `[0.485,0.456,0.406]`. */
  readonly mean: readonly [number, number, number];
  /** Standard deviation of each RGB channel, of pixels in 0..1. Default: `[0.229,0.224,0.225]`. */
  readonly std: readonly [number, number, number];
}

/** AdAutoMix: AutoMix of up to three images; every second step its masks are trained to be hard. */
export interface AdAutoMix {
  readonly name: 'adautomix';
  /** The backbone's batch is mixed by MixUp where the first image's share is as near as this to 0 or 1. Range: ≥ 0 and < 0.5. Default: `0.03`. */
  readonly lamMargin: number;
  /** The block is trained in this share of the steps; 0 is always (CNNs), transformers take 0.8. Range: ≥ 0 and ≤ 1. Default: `0`. */
  readonly switchOff: number;
  /** Whether that share falls to 0 along a cosine. Default: `false`. */
  readonly switchOffDecay: boolean;
  /** Of the moving average k, at first. Range: ≥ 0 and ≤ 1. Default: `0.999`. */
  readonly momentum: number;
  /** Share of the training until which it stays; 0.25 for DeiT. Range: ≥ 0 and ≤ 1. Default: `0.1`. */
  readonly momentumStart: number;
  /**
   * What it grows to: along a cosine over the whole training, whenever it sets in. 0.999999 for
   * Tiny-ImageNet. Range: ≥ 0 and ≤ 1. Default: `0.99999`.
   */
  readonly finalMomentum: number;
  /** Learning rate of the block, for SGD; null is the backbone's, 0.001 fits AdamW. Range: > 0 and ≤ 1e+30. Default: `0.1`. */
  readonly blockLr: number | null;
  /** What it falls to along a cosine. Range: ≥ 0 and ≤ 1e+30. Default: `0.001`. */
  readonly blockMinLr: number;
  /** Shares are draws of Beta(alpha, alpha) over their sum; of two images, one draw is lam. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha: number;
  /** How many images are mixed. Range: ≥ 2 and ≤ 3. Default: `3`. */
  readonly mixSamples: number;
  /** Whether that is drawn for each batch, from 2 up. Default: `false`. */
  readonly randomSamples: boolean;
  /**
   * Where masks are trained to be hard: weight of the loss, the cosine has the rest. 0.3 for CIFAR-100, 0.4
   * for Tiny-ImageNet. Range: ≥ 0 and ≤ 1. Default: `0.1`.
   */
  readonly beta: number;
  /** One of so many steps trains the masks to be hard, the first of all among them. Range: > 0 and ≤ 1000000. Default: `2`. */
  readonly adversarialInterval: number;
  /** Of three images: weight of MixUp's loss, the clean batch's has the rest. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly mixupWeight: number;
  /** Whether the network sees lam as a channel; false for CIFAR-100 and Tiny-ImageNet. Default: `true`. */
  readonly lamConcat: boolean;
  /** `openmixup` mixes three images by MixUp for the backbone, but where the first has nearly all. Default: `"none"`. */
  readonly compat: 'none' | 'openmixup';
}

/** AlignMix: MixUp, or a mix of the last feature maps with the positions of one aligned to the other's. */
export interface AlignMix {
  readonly name: 'alignmix';
  /** lam ~ Beta(alpha, alpha), the weight of the first image. Range: > 0 and ≤ 1e+30. Default: `2`. */
  readonly alpha: number;
  /** Draw lam for each sample instead of once for the batch (the benchmark's way). Default: `false`. */
  readonly perSample: boolean;
  /** How often a batch's features are aligned; the others are mixed by MixUp. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly alignProbability: number;
  /** Weight of the transport's entropy, in units of squared distance of features. Range: > 0 and ≤ 1e+30. Default: `0.1`. */
  readonly epsilon: number;
  /** Of Sinkhorn's algorithm, which finds the transport. Range: > 0 and ≤ 1000000. Default: `50`. */
  readonly iterations: number;
  /**
   * `openmixup` mixes the other batches by ManifoldMix, and finds the transport as OpenMixup does, whatever
   * `iterations` says. Default: `"none"`.
   */
  readonly compat: 'none' | 'openmixup';
}

/** A trained network that a method asks about its images; it does not learn. */
export interface Teacher {
  /** Its network, by its timm name. Default: `"resnet18"`. */
  readonly backbone: Backbone;
  /** `timm` for timm's weights of that name, or the path of a checkpoint. Default: `"timm"`. */
  readonly weights: string;
}

/** AttentiveMix+: the cells of an image that matter to a teacher, on the partner image. */
export interface AttentiveMix {
  readonly name: 'attentivemix';
  /** lam ~ Beta(alpha, 8), the share of cells that are kept. Range: > 0 and ≤ 1e+30. Default: `2`. */
  readonly alpha: number;
  /** How many cells are kept, where not lam says it; 6 in the paper. Range: > 0 and ≤ 1000000. Default: `null`. */
  readonly topK: number | null;
  /** Draw lam for each sample instead of once for the batch (the benchmark's way). Default: `false`. */
  readonly perSample: boolean;
  /** Cells along a side. Range: > 0 and ≤ 1000000. Default: `7`. */
  readonly gridSize: number;
  /** Side, in pixels, that images are resized to for the teacher. Range: > 0 and ≤ 8192. Default: `224`. */
  readonly teacherSize: number;
  /** The network that ranks the cells. */
  readonly teacher: Teacher;
  /**
   * `openmixup` draws lam ~ Beta(alpha, alpha), lets the teacher normalise by the batch and weights all
   * labels of the batch by the first image's pixels. Default: `"none"`.
   */
  readonly compat: 'none' | 'openmixup';
}

/** AutoMix: a small network, trained along, makes masks from the features of both images. */
export interface AutoMix {
  readonly name: 'automix';
  /** The backbone's batch is mixed by MixUp where lam is as near as this to 0 or to 1. Range: ≥ 0 and < 0.5. Default: `0.08`. */
  readonly lamMargin: number;
  /** The block is trained in this share of the steps; 0 is always (CNNs), transformers take 0.8. Range: ≥ 0 and ≤ 1. Default: `0`. */
  readonly switchOff: number;
  /** Whether that share falls to 0 along a cosine. Default: `false`. */
  readonly switchOffDecay: boolean;
  /** Of the moving average k, at first. Range: ≥ 0 and ≤ 1. Default: `0.999`. */
  readonly momentum: number;
  /** Share of the training until which it stays; 0.25 for DeiT. Range: ≥ 0 and ≤ 1. Default: `0.1`. */
  readonly momentumStart: number;
  /**
   * What it grows to: along a cosine over the whole training, whenever it sets in. 0.999999 for
   * Tiny-ImageNet. Range: ≥ 0 and ≤ 1. Default: `0.99999`.
   */
  readonly finalMomentum: number;
  /** Learning rate of the block, for SGD; null is the backbone's, 0.001 fits AdamW. Range: > 0 and ≤ 1e+30. Default: `0.1`. */
  readonly blockLr: number | null;
  /** What it falls to along a cosine. Range: ≥ 0 and ≤ 1e+30. Default: `0.001`. */
  readonly blockMinLr: number;
  /** lam ~ Beta(alpha, alpha), one for the batch that trains the backbone, one for that of the block. Range: > 0 and ≤ 1e+30. Default: `2`. */
  readonly alpha: number;
  /** Weight of the masks' own loss. Range: ≥ 0 and ≤ 1e+30. Default: `0.1`. */
  readonly maskLoss: number;
  /** Whether that weight falls to 0 along a cosine (ImageNet) or stays (Tiny-ImageNet). Default: `true`. */
  readonly maskLossDecay: boolean;
  /** How far the masks' mean may be from lam at no cost. Range: ≥ 0 and ≤ 1. Default: `0.1`. */
  readonly maskMargin: number;
  /** Whether the network sees lam as a channel; false for Tiny-ImageNet. Default: `true`. */
  readonly lamConcat: boolean;
}

/** Co-Mixup: groups of images become as many, each made of the salient blocks of several of them. */
export interface CoMixup {
  readonly name: 'comixup';
  /** Of the Dirichlet distribution that the prior's shares of the inputs are drawn from. Range: > 0 and ≤ 1e+30. Default: `2`. */
  readonly alpha: number;
  /** Images that are mixed among themselves; the last group of a batch may be smaller. Range: ≥ 3. Default: `20`. */
  readonly groupSize: number;
  /** Cells along a side; it divides the images' sides. Range: > 0 and ≤ 1000000. Default: `4`. */
  readonly blockCount: number;
  /** Price of neighbouring cells that show different inputs. Range: ≥ 0 and ≤ 1e+30. Default: `0.32`. */
  readonly beta: number;
  /** Price of inputs that other outputs show as well. Range: ≥ 0 and ≤ 1e+30. Default: `1`. */
  readonly gamma: number;
  /** Weight of the prior. Range: ≥ 0 and ≤ 1e+30. Default: `0.05`. */
  readonly eta: number;
  /** How much of an image others may show of an input before that costs anything. Range: ≥ 0 and ≤ 1e+30. Default: `0.83`. */
  readonly tau: number;
  /** How much inputs count as alike that are salient in different places. Range: ≥ 0 and ≤ 1. Default: `0.001`. */
  readonly omega: number;
  /** Times that each output is labelled, given all others. Range: > 0 and ≤ 1000000. Default: `4`. */
  readonly sweeps: number;
  /** Whether outputs that show the same inputs are told apart before the last sweep. Default: `true`. */
  readonly resolve: boolean;
  /**
   * Weight of the clean batch's loss, beside the mixed batch's of 1. With 0, the saliency is of a pass in
   * evaluation mode that trains nothing; else of the pass that trains. Range: ≥ 0 and ≤ 1e+30. Default: `1`.
   */
  readonly cleanLam: number;
}

/** CutMix: a box of the partner image replaces the same box; labels mix by its area. */
export interface CutMix {
  readonly name: 'cutmix';
  /** lam ~ Beta(alpha, alpha), the share of the area that is kept, before the box is clipped. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha: number;
  /** Draw a box for each sample instead of one for the batch (the benchmark's way). Default: `false`. */
  readonly perSample: boolean;
}

/** DecoupleMix: a mix by another method; each of the two classes also has to win without the other. */
export interface DecoupleMix {
  readonly name: 'decouplemix';
  /** The method that mixes. Default: `"mixup"`. */
  readonly mixing: 'mixup' | 'cutmix' | 'manifoldmix';
  /** alpha of the method that mixes: lam ~ Beta(alpha, alpha). Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha: number;
  /** Draw a mix for each sample instead of one for the batch (the benchmark's way). Default: `false`. */
  readonly perSample: boolean;
  /** Weight of the decoupled terms. Range: ≥ 0 and ≤ 1e+30. Default: `0.1`. */
  readonly eta: number;
  /**
   * 'openmixup' weighs the terms by the mix's shares in the order of class indices; only without
   * `perSample`. Default: `"none"`.
   */
  readonly compat: 'none' | 'openmixup';
}

/** DeiT's switch: MixUp or CutMix, drawn for each batch. */
export interface DeiT {
  readonly name: 'deit';
  /** alpha of MixUp. Range: > 0 and ≤ 1e+30. Default: `0.8`. */
  readonly mixupAlpha: number;
  /** alpha of CutMix. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly cutmixAlpha: number;
  /** How often CutMix is drawn. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly switchProbability: number;
}

/** FMix: the partner shows through a mask cut out of low-frequency noise; labels mix by its area. */
export interface FMix {
  readonly name: 'fmix';
  /** lam ~ Beta(alpha, alpha), the share of pixels that are kept. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha: number;
  /** delta: the noise's spectrum falls with frequency to this power. Range: > 0 and ≤ 1e+30. Default: `3`. */
  readonly decay: number;
  /** Half the share of pixels over which the mask's edge fades from 1 to 0; 0 is a sharp edge. Range: ≥ 0 and ≤ 0.5. Default: `0`. */
  readonly maxSoft: number;
  /** Draw a mask for each sample instead of one for the batch (the benchmark's way). Default: `false`. */
  readonly perSample: boolean;
  /** `openmixup` draws noise that goes through one cycle at most across the image. Default: `"none"`. */
  readonly compat: 'none' | 'openmixup';
}

/** Saliency Grafting: salient parts of an image, chosen at random, on its partner. */
export interface SaliencyGrafting {
  readonly name: 'grafting';
  /** p ~ Beta(alpha, alpha), the chance of each salient place to be grafted. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha: number;
  /** T: the higher, the more alike are the weights of all places. Range: ≥ 0.000001. Default: `1`. */
  readonly temperature: number;
  /** Draw p for each sample instead of once for the batch. Default: `false`. */
  readonly perSample: boolean;
}

/** GridMix: each cell of a grid is one image's or its partner's, and the network tells which. */
export interface GridMix {
  readonly name: 'gridmix';
  /** lam ~ Beta(alpha, alpha), the share of cells that are kept, before it is rounded to whole cells. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha: number;
  /** Cells along a side. Range: > 0 and ≤ 1000000. Default: `4`. */
  readonly gridSize: number;
  /** Weight of the loss of the cells' labels, beside the image's of 1. Range: ≥ 0 and ≤ 1e+30. Default: `0.15`. */
  readonly localWeight: number;
  /** Draw the cells for each sample instead of once for the batch. Default: `false`. */
  readonly perSample: boolean;
}

/** GridMixup: the partner shows through a grid of holes in a crop; labels mix by their area. */
export interface GridMixup {
  readonly name: 'gridmixup';
  /** lam ~ Beta(alpha, alpha), the kept share of each cell's area, before its hole is rounded to pixels. Range: > 0 and ≤ 1e+30. Default: `0.2`. */
  readonly alpha: number;
  /** Least and greatest number of holes side by side; any number in between is as likely. Default: `[2,6]`. */
  readonly holes: readonly [number, number];
  /** Range of the crop's share of the image. Default: `[0.5,1]`. */
  readonly cropArea: readonly [number, number];
  /** Range of the crop's height over its width. Default: `[0.5,2]`. */
  readonly cropAspect: readonly [number, number];
  /** Draw a grid for each sample instead of one for the batch (the benchmark's way). Default: `false`. */
  readonly perSample: boolean;
  /**
   * `openmixup` lets the crop be larger than the image: it then starts at a negative pixel, which Python
   * counts from the other end, and holes are lost or misplaced. Default: `"none"`.
   */
  readonly compat: 'none' | 'openmixup';
}

/** GuidedMixup: every pixel is averaged by how salient it is in each of two images. */
export interface GuidedMixup {
  readonly name: 'guidedmixup';
  /**
   * `gradient` takes that of the loss, for which the batch goes through the backbone once more and back;
   * `spectral` is the spectral residual of the images, for which no network is asked. Default: `"gradient"`.
   */
  readonly saliency: 'gradient' | 'spectral';
  /** Whether partners are those whose saliency is far away, or any. Default: `"greedy"`. */
  readonly pairs: 'greedy' | 'random';
  /** `openmixup` pairs at random and gives every label of a batch the mean of the batch's weights. Default: `"none"`. */
  readonly compat: 'none' | 'openmixup';
}

/** Manifold Mixup: the input, or the features after a stage drawn for each batch, mix as in MixUp. */
export interface ManifoldMix {
  readonly name: 'manifoldmix';
  /** lam ~ Beta(alpha, alpha), the weight of the first image's features. Range: > 0 and ≤ 1e+30. Default: `2`. */
  readonly alpha: number;
  /** Draw lam for each sample instead of once for the batch (the benchmark's way). Default: `false`. */
  readonly perSample: boolean;
  /** Where the mix may happen: 0 is the input, n the output of the backbone's n-th stage. Default: `[0,1,2]`. */
  readonly layers: readonly number[];
}

/** MixPro: cells of a grid from either image; labels move from area to attention as the network learns. */
export interface MixPro {
  readonly name: 'mixpro';
  /** r ~ Beta(alpha, alpha), the share of cells that are kept, before it is rounded up to whole cells. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha: number;
  /** Cells along a side. Range: > 0 and ≤ 1000000. Default: `4`. */
  readonly gridSize: number;
  /** Draw r for each sample instead of once for the batch. Which cells is each sample's own in any case. Default: `false`. */
  readonly perSample: boolean;
  /** Label smoothing of the target that the network's probabilities are compared with. Range: ≥ 0 and ≤ 1. Default: `0.1`. */
  readonly smoothing: number;
  /**
   * `openmixup` reads the attention to the unmixed image, and gives every label of a batch the mean of the
   * batch's weights. Default: `"none"`.
   */
  readonly compat: 'none' | 'openmixup';
}

/** MixUp: a weighted average of two images and of their labels. */
export interface MixUp {
  readonly name: 'mixup';
  /** lam ~ Beta(alpha, alpha), the weight of the first image. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha: number;
  /** Draw lam for each sample instead of once for the batch (the benchmark's way). Default: `false`. */
  readonly perSample: boolean;
}

/** PuzzleMix: a mask shows what is salient in both images, after moving it to where it will be seen. */
export interface PuzzleMix {
  readonly name: 'puzzlemix';
  /** lam ~ Beta(alpha, alpha), what the mask's prior takes for the first image's share. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha: number;
  /** Price of neighbouring blocks that show different images. Range: ≥ 0 and ≤ 1e+30. Default: `1.2`. */
  readonly beta: number;
  /** How much that price depends on how far the images' pixels are apart at the blocks' border. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly gamma: number;
  /** Weight of the prior that pulls the mask's mean towards lam. Range: ≥ 0 and ≤ 1e+30. Default: `0.2`. */
  readonly eta: number;
  /** Side in pixels, at most, of the squares that are compared at the blocks' borders. Range: > 0 and ≤ 1000000. Default: `4`. */
  readonly borderSize: number;
  /** How many values the mask takes: 2 for 0 and 1, 3 for 0, 1/2 and 1. Range: ≥ 2 and ≤ 16. Default: `3`. */
  readonly maskLevels: number;
  /** How many blocks along a side; each batch draws one of those that divide the image's sides. Default: `[2,4,8,16]`. */
  readonly blockCounts: readonly number[];
  /** Whether each image's salient blocks move to where the mask shows that image. Default: `true`. */
  readonly transport: boolean;
  /** Price of moving a block across the whole image. Range: > 0 and ≤ 1e+30. Default: `0.8`. */
  readonly transportPrice: number;
  /**
   * Side in pixels, at most, of the squares that move, where not the mask's own blocks do. Memory grows
   * with the square of their number: small ones are for small images. Range: > 0 and ≤ 1000000. Default: `null`.
   */
  readonly transportSize: number | null;
  /**
   * Weight of the clean batch's loss, beside the mixed batch's of 1. With 0, the saliency is of a pass in
   * evaluation mode that trains nothing; else of the pass that trains. Range: ≥ 0 and ≤ 1e+30. Default: `0`.
   */
  readonly cleanLam: number;
  /** How often a batch's first images are attacked before they are mixed, and how often its partners are. Range: ≥ 0 and ≤ 1. Default: `0`. */
  readonly attackProbability: number;
  /** How far an attack moves a pixel at most, of 255. Range: ≥ 0 and ≤ 1e+30. Default: `10`. */
  readonly attackSize: number;
  /** `openmixup` draws as OpenMixup does: never more than 8 blocks along a side. Default: `"none"`. */
  readonly compat: 'none' | 'openmixup';
}

/** RecursiveMix: the mixed batch of the step before, made small, covers a box of the images. */
export interface RecursiveMix {
  readonly name: 'recursivemix';
  /** The box has a share of U(0, alpha) of the area, before it is clipped. Range: > 0 and ≤ 1. Default: `0.5`. */
  readonly alpha: number;
  /** Weight of the loss in the box; 0.5 for ImageNet, 0.1 for CIFAR. Range: ≥ 0 and ≤ 1e+30. Default: `0.5`. */
  readonly omega: number;
  /** How the earlier images are made small. Default: `"nearest"`. */
  readonly interpolation: 'nearest' | 'bilinear';
}

/** ResizeMix: the whole partner image, made small, covers a part of the image. */
export interface ResizeMix {
  readonly name: 'resizemix';
  /** Least and greatest side of the pasted image over the image's. Default: `[0.1,0.8]`. */
  readonly scale: readonly [number, number];
  /**
   * The scale is drawn from Beta(alpha, alpha), and anew and evenly where that is not within `scale`, as
   * OpenMixup does it; 1, the paper's way, is even throughout. Range: > 0 and ≤ 1e+30. Default: `1`.
   */
  readonly alpha: number;
  /** Draw a scale for each sample instead of one for the batch (the benchmark's way). Default: `false`. */
  readonly perSample: boolean;
  /**
   * `openmixup` draws one box for the batch as CutMix does, and squeezes the partner into what of it lies
   * inside of the image. Default: `"none"`.
   */
  readonly compat: 'none' | 'openmixup';
}

/** The switch of "ResNet strikes back": MixUp with a small alpha, or CutMix. */
export interface RSB {
  readonly name: 'rsb';
  /** alpha of MixUp. Range: > 0 and ≤ 1e+30. Default: `0.1`. */
  readonly mixupAlpha: number;
  /** alpha of CutMix. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly cutmixAlpha: number;
  /** How often CutMix is drawn. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly switchProbability: number;
}

/** SaliencyMix: a box around the partner's most salient pixel replaces the same box of the image. */
export interface SaliencyMix {
  readonly name: 'saliencymix';
  /** lam ~ Beta(alpha, alpha), the share of the area that is kept, before the box is clipped. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha: number;
  /**
   * Draw the size of the box for each sample instead of once for the batch (the benchmark's way). Where it
   * lies is each sample's own in any case. Default: `false`.
   */
  readonly perSample: boolean;
  /**
   * `openmixup` places one box for the batch, by what OpenCV makes of the first partner's normalised
   * pixels. Default: `"none"`.
   */
  readonly compat: 'none' | 'openmixup';
}

/** SAMix: AutoMix with a network that sees both images at once and smooth masks of more contrast. */
export interface SAMix {
  readonly name: 'samix';
  /** The backbone's batch is mixed by MixUp where lam is as near as this to 0 or to 1. Range: ≥ 0 and < 0.5. Default: `0.08`. */
  readonly lamMargin: number;
  /** The block is trained in this share of the steps; 0 is always (CNNs), transformers take 0.8. Range: ≥ 0 and ≤ 1. Default: `0`. */
  readonly switchOff: number;
  /** Whether that share falls to 0 along a cosine. Default: `false`. */
  readonly switchOffDecay: boolean;
  /** Of the moving average k, at first. Range: ≥ 0 and ≤ 1. Default: `0.999`. */
  readonly momentum: number;
  /** Share of the training until which it stays; 0.25 for DeiT. Range: ≥ 0 and ≤ 1. Default: `0.1`. */
  readonly momentumStart: number;
  /**
   * What it grows to: along a cosine over the whole training, whenever it sets in. 0.999999 for
   * Tiny-ImageNet. Range: ≥ 0 and ≤ 1. Default: `0.99999`.
   */
  readonly finalMomentum: number;
  /** Learning rate of the block, for SGD; null is the backbone's, 0.001 fits AdamW. Range: > 0 and ≤ 1e+30. Default: `0.1`. */
  readonly blockLr: number | null;
  /** What it falls to along a cosine. Range: ≥ 0 and ≤ 1e+30. Default: `0.001`. */
  readonly blockMinLr: number;
  /** lam ~ Beta(alpha, alpha), one for the batch that trains the backbone, one for that of the block. Range: > 0 and ≤ 1e+30. Default: `2`. */
  readonly alpha: number;
  /** Weight of the masks' own loss. Range: ≥ 0 and ≤ 1e+30. Default: `0.1`. */
  readonly maskLoss: number;
  /** Whether that weight falls to 0 along a cosine (ImageNet) or stays (Tiny-ImageNet). Default: `true`. */
  readonly maskLossDecay: boolean;
  /** How far the masks' mean may be from lam at no cost. Range: ≥ 0 and ≤ 1. Default: `0.1`. */
  readonly maskMargin: number;
  /** In the network that values places; 0 for Tiny-ImageNet. Range: ≥ 0 and < 1. Default: `0.1`. */
  readonly dropout: number;
}

/** SMMix: the partner's window that gets most attention covers the image's that gets least. */
export interface SMMix {
  readonly name: 'smmix';
  /** Where given, MixUp of this alpha takes some of the batches, as in the method's published recipe. Range: > 0 and ≤ 1e+30. Default: `null`. */
  readonly mixupAlpha: number | null;
  /** How often it does. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly mixupProbability: number;
  /** Side of the smallest window, as a share of the image's; rounded down to whole patches, at least one. Range: > 0 and < 1. Default: `0.25`. */
  readonly minSide: number;
  /** Side of the largest window. Range: > 0 and < 1. Default: `0.75`. */
  readonly maxSide: number;
  /** Weight of the mean of the two losses of the images' own patches. Range: ≥ 0 and ≤ 1e+30. Default: `1`. */
  readonly fineGrainedWeight: number;
  /** Weight of the divergence from what the network says of the clean images. Range: ≥ 0 and ≤ 1e+30. Default: `1`. */
  readonly consistencyWeight: number;
  /** `openmixup` ranks windows by the class token's attention and has the loss of the mixed labels alone. Default: `"none"`. */
  readonly compat: 'none' | 'openmixup';
}

/** SmoothMix: a Gaussian spot of the image, faded into its partner; labels mix by the spot's mean. */
export interface SmoothMix {
  readonly name: 'smoothmix';
  /** Draw a spot for each sample instead of one for the batch (the benchmark's way). Default: `false`. */
  readonly perSample: boolean;
  /**
   * `openmixup` swaps the labels, as OpenMixup does: the spot shows the partner, and its mean is still the
   * weight of the image's own label. Default: `"none"`.
   */
  readonly compat: 'none' | 'openmixup';
}

/** SuperMix: masks that show a teacher both images, found by its gradient. */
export interface SuperMix {
  readonly name: 'supermix';
  /** lam ~ Beta(alpha, alpha) for each sample: a Dirichlet draw for two. Range: > 0 and ≤ 1e+30. Default: `3`. */
  readonly alpha: number;
  /** Side of the grid that masks are found on; 8 for images of 32 pixels. Range: > 0 and ≤ 1000000. Default: `16`. */
  readonly maskSize: number;
  /** Of the Gaussian filter over that grid, in its cells; 2 for ImageNet, 0 for none. Range: ≥ 0 and ≤ 1e+30. Default: `1`. */
  readonly sigma: number;
  /** Weight of the loss that draws masks to 0 and 1. Range: ≥ 0 and ≤ 1e+30. Default: `25`. */
  readonly sparsity: number;
  /** Steps for each batch, each a forward and a backward pass of the teacher. Range: > 0 and ≤ 1000000. Default: `50`. */
  readonly iterations: number;
  /** Side, in pixels, that images are resized to for the teacher; null leaves them as they are. Range: > 0 and ≤ 8192. Default: `null`. */
  readonly teacherSize: number | null;
  /** The network that the masks are made for. */
  readonly teacher: Teacher;
}

/** TokenMix: rectangles of a grid are the partner's; labels mix by where a teacher sees their classes. */
export interface TokenMix {
  readonly name: 'tokenmix';
  /** Where given, MixUp of this alpha takes some of the batches, as in the method's published recipe. Range: > 0 and ≤ 1e+30. Default: `null`. */
  readonly mixupAlpha: number | null;
  /** How often it does. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly mixupProbability: number;
  /** Share of cells that are kept, before `minimumCells` more of them are the partner's. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly lam: number;
  /** Where given, that share is drawn from Beta(alpha, alpha) instead; from Beta(1, 1) for `compat`. Range: > 0 and ≤ 1e+30. Default: `null`. */
  readonly alpha: number | null;
  /** Cells along a side. Range: > 0 and ≤ 1000000. Default: `14`. */
  readonly gridSize: number;
  /** Cells that are the partner's whatever the share. Range: ≥ 0 and ≤ 1000000. Default: `14`. */
  readonly minimumCells: number;
  /** Draw a mask for each sample instead of one for the batch. Default: `false`. */
  readonly perSample: boolean;
  /** Side, in pixels, that images are resized to for the teacher. Range: > 0 and ≤ 8192. Default: `224`. */
  readonly teacherSize: number;
  /** The network that sees classes; it has to have been trained on those of the dataset. */
  readonly teacher: Teacher;
  /**
   * `openmixup` draws the share, reads attention in place of a teacher's maps and gives all labels of a
   * batch weights by what the mixes hide. Default: `"none"`.
   */
  readonly compat: 'none' | 'openmixup';
}

/** TransMix: CutMix, with labels mixed by the class token's attention to each image's patches. */
export interface TransMix {
  readonly name: 'transmix';
  /** Where given, MixUp of this alpha takes some of the batches, as in the method's published recipe. Range: > 0 and ≤ 1e+30. Default: `null`. */
  readonly mixupAlpha: number | null;
  /** How often it does. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly mixupProbability: number;
  /** lam ~ Beta(alpha, alpha), the share of the area that is kept, before the box is clipped. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha: number;
  /** Draw a box for each sample instead of one for the batch (the benchmark's way). Default: `false`. */
  readonly perSample: boolean;
  /** `openmixup` gives every label of a batch the mean of the batch's weights. Default: `"none"`. */
  readonly compat: 'none' | 'openmixup';
}

/** No mixing: images and labels pass as they are. */
export interface Vanilla {
  readonly name: 'vanilla';
}

/** One method of a mixture and how often it is drawn. */
export interface Choice {
  /** Any method but `oneOf` itself. */
  readonly method:
    | AdAutoMix
    | AlignMix
    | AttentiveMix
    | AutoMix
    | CoMixup
    | CutMix
    | DecoupleMix
    | DeiT
    | FMix
    | SaliencyGrafting
    | GridMix
    | GridMixup
    | GuidedMixup
    | ManifoldMix
    | MixPro
    | MixUp
    | PuzzleMix
    | RecursiveMix
    | ResizeMix
    | RSB
    | SaliencyMix
    | SAMix
    | SMMix
    | SmoothMix
    | SuperMix
    | TokenMix
    | TransMix
    | Vanilla;
  /** How often the method is drawn. Range: ≥ 0 and ≤ 1. */
  readonly probability: number;
}

/** One of several methods, drawn for each batch with the given probabilities. */
export interface OneOf {
  readonly name: 'oneOf';
  /** The methods and their probabilities, which sum to 1. */
  readonly choices: readonly Choice[];
}

/** How the backbone is built. */
export interface Model {
  /**
   * First layers of a ResNet: 7x7 with stride 2 and pooling; 3x3 with neither, for 32 pixels (OpenMixup has
   * it at 64 as well); or 3x3 with stride 2, for 64 pixels (PuzzleMix). Default: `"imagenet"`.
   */
  readonly stem: 'imagenet' | 'cifar' | 'tiny-imagenet';
  /** `timm` for timm's weights of that name, or the path of a checkpoint; null trains from scratch. Default: `null`. */
  readonly pretrained: string | null;
  /** Stochastic depth rate of the last block. Range: ≥ 0 and < 1. Default: `0`. */
  readonly dropPath: number;
  /** Whether batch statistics are of all GPUs' images together (SyncBN), not of each GPU's own. Default: `false`. */
  readonly syncBatchNorm: boolean;
}

/** From a decoded image to a training or test input. */
export interface Inputs {
  /** Side of the training input in pixels; null is the dataset's size. Range: > 0 and ≤ 8192. Default: `null`. */
  readonly trainSize: number | null;
  /** Side of the test input in pixels; null is the dataset's size. Range: > 0 and ≤ 8192. Default: `null`. */
  readonly testSize: number | null;
  /** Side of the centre crop over the side that the image is resized to; 1 takes the whole image. Range: ≥ 0.01 and ≤ 1. Default: `0.875`. */
  readonly testCropRatio: number;
  /** Training crop: of random area and aspect, of fixed size after padding, or none. Default: `"random-resized"`. */
  readonly crop: 'random-resized' | 'pad' | 'none';
  /** Least and greatest share of the image that `random-resized` takes. Default: `[0.08,1]`. */
  readonly cropArea: readonly [number, number];
  /** Least and greatest width over height that `random-resized` takes. Default: `[0.75,1.3333333333333333]`. */
  readonly cropAspect: readonly [number, number];
  /** Pixels added on each side before a `pad` crop. Range: ≥ 0 and ≤ 1000000. Default: `4`. */
  readonly padding: number;
  /** What stands in the added pixels: black, or the image mirrored at its edge. Default: `"zeros"`. */
  readonly paddingMode: 'zeros' | 'reflect';
  /** How often a training image is mirrored left to right. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly flip: number;
  /** How images are resized. Default: `"bicubic"`. */
  readonly interpolation: 'bilinear' | 'bicubic';
  /** RandAugment in timm's notation, such as `rand-m9-mstd0.5-inc1`: after crop and flip; null has none. Default: `null`. */
  readonly randAugment: string | null;
  /**
   * By how much brightness, contrast and saturation are scaled up or down at most; 0.4 is usual. It acts
   * beside RandAugment, too, where timm leaves it out. Range: ≥ 0 and ≤ 10. Default: `0`.
   */
  readonly colorJitter: number;
  /** How often Random Erasing takes rectangles out of a training image, after normalisation. Range: ≥ 0 and ≤ 1. Default: `0`. */
  readonly erase: number;
  /** What an erased rectangle is filled with: normal noise for each pixel, one normal colour, or zero. Default: `"pixel"`. */
  readonly eraseMode: 'pixel' | 'rand' | 'const';
  /** Least and greatest share of the image that Random Erasing takes. Default: `[0.02,0.3333333333333333]`. */
  readonly eraseArea: readonly [number, number];
  /** Rectangles in an image that is erased; the area is divided among them. Range: > 0 and ≤ 1000. Default: `1`. */
  readonly eraseCount: number;
  /**
   * Repeated augmentation: how many differently augmented copies of an image a batch holds. An epoch has
   * as many samples as before, so of fewer images. Range: > 0 and ≤ 1000000. Default: `1`.
   */
  readonly repeats: number;
}

/** The optimiser of the backbone. */
export interface Optimizer {
  /** SGD with momentum, AdamW, or LAMB. Default: `"sgd"`. */
  readonly name: 'sgd' | 'adamw' | 'lamb';
  /** Learning rate at its peak, for the whole batch size. Range: > 0 and ≤ 1e+30. Default: `0.1`. */
  readonly lr: number;
  /** Momentum of SGD. Range: ≥ 0 and ≤ 1. Default: `0.9`. */
  readonly momentum: number;
  /** Nesterov's momentum in SGD. Default: `false`. */
  readonly nesterov: boolean;
  /** Decay rates of AdamW's and LAMB's moments. Default: `[0.9,0.999]`. */
  readonly betas: readonly [number, number];
  /** AdamW's and LAMB's epsilon; 1e-6 is usual for LAMB. Range: > 0 and ≤ 1e+30. Default: `1e-8`. */
  readonly eps: number;
  /** Weight decay. Range: ≥ 0 and ≤ 1e+30. Default: `0.0001`. */
  readonly weightDecay: number;
  /** Whether normalisation layers, biases and embeddings decay too. Default: `true`. */
  readonly decayNormAndBias: boolean;
  /**
   * Greatest Euclidean norm of all gradients together, which larger ones are scaled down to; null leaves
   * them. LAMB scales them down to 1 in any case, as its authors and timm do. Range: > 0 and ≤ 1e+30. Default: `null`.
   */
  readonly clipNorm: number | null;
}

/** The learning rate over time: linear warm-up, then half a cosine. */
export interface Schedule {
  /** Shape after the warm-up. Default: `"cosine"`. */
  readonly name: 'cosine' | 'constant';
  /** How often the learning rate changes. Default: `"epoch"`. */
  readonly interval: 'epoch' | 'step';
  /** Learning rate that the cosine ends on. Range: ≥ 0 and ≤ 1e+30. Default: `0`. */
  readonly minLr: number;
  /** Epochs of linear warm-up. Range: ≥ 0 and ≤ 1000000. Default: `0`. */
  readonly warmupEpochs: number;
  /** First learning rate of the warm-up over the peak. Range: ≥ 0 and ≤ 1. Default: `0.001`. */
  readonly warmupFactor: number;
}

/** The loss over soft targets. */
export interface Loss {
  /** Cross-entropy, or binary cross-entropy with logits. Default: `"ce"`. */
  readonly name: 'ce' | 'bce';
  /** Whether binary cross-entropy is averaged over classes (timm) or summed (OpenMixup). Default: `"mean"`. */
  readonly bceReduction: 'mean' | 'sum';
  /** Binary cross-entropy takes targets above it for 1 and others for 0; 0 takes them as they are. Range: ≥ 0 and < 1. Default: `0`. */
  readonly targetThreshold: number;
  /** Share of each mixed target that is spread evenly over the classes. Range: ≥ 0 and < 1. Default: `0`. */
  readonly labelSmoothing: number;
}

/** An exponential moving average of the backbone's weights, evaluated beside them. */
export interface Ema {
  /** Share of the average that a step keeps; 0 has no average, 0.9999 is usual. Range: ≥ 0 and < 1. Default: `0`. */
  readonly decay: number;
  /** Epochs over which the share grows linearly from `warmupFactor` times `decay` to `decay`. Range: ≥ 0 and ≤ 1000000. Default: `0`. */
  readonly warmupEpochs: number;
  /** First share of the warm-up over `decay`. Range: ≥ 0 and ≤ 1. Default: `0.9`. */
  readonly warmupFactor: number;
}

/** What changes how a run is watched and fed, not what it learns. Outside the run's hash. */
export interface Runtime {
  /**
   * Processes that decode and augment images, for each GPU. What fits in memory takes none, except for
   * RandAugment and colour jitter. Range: ≥ 0 and ≤ 1024. Default: `4`.
   */
  readonly workers: number;
  /**
   * Most images that a GPU takes in one pass; a larger share of the batch is taken in equal passes whose
   * gradients are accumulated. Batch norm and mixing see a pass. Null takes the whole share. Range: > 0 and ≤ 1000000. Default: `null`.
   */
  readonly gpuBatchSize: number | null;
  /** Mode of torch.compile for the backbone; `reduce-overhead` uses CUDA graphs, which help small images. Default: `"none"`. */
  readonly compile: 'none' | 'default' | 'reduce-overhead' | 'max-autotune';
  /** Whether a GPU computes the same bits each time, more slowly; a CPU always does. Default: `false`. */
  readonly deterministic: boolean;
  /** Project of Weights & Biases that the run is logged to, besides its own files. Default: `null`. */
  readonly wandb: string | null;
  /** Steps between two training lines of the log. Range: > 0 and ≤ 1000000. Default: `50`. */
  readonly logEvery: number;
  /** Epochs between two evaluations; the last epoch is always evaluated. Range: > 0 and ≤ 1000000. Default: `1`. */
  readonly evaluateEvery: number;
  /** Epochs between two checkpoints; the last epoch always has one. Range: > 0 and ≤ 1000000. Default: `1`. */
  readonly checkpointEvery: number;
}

/** One training, whole: the same file gives the same weights. */
export interface RunConfig {
  /** Version of this format. */
  readonly schemaVersion: 2;
  /** What is trained on. */
  readonly dataset: Dataset;
  /** The network, by its timm name. */
  readonly backbone: string;
  /** The mixing method and its parameters. */
  readonly mixMode:
    | AdAutoMix
    | AlignMix
    | AttentiveMix
    | AutoMix
    | CoMixup
    | CutMix
    | DecoupleMix
    | DeiT
    | FMix
    | SaliencyGrafting
    | GridMix
    | GridMixup
    | GuidedMixup
    | ManifoldMix
    | MixPro
    | MixUp
    | OneOf
    | PuzzleMix
    | RecursiveMix
    | ResizeMix
    | RSB
    | SaliencyMix
    | SAMix
    | SMMix
    | SmoothMix
    | SuperMix
    | TokenMix
    | TransMix
    | Vanilla;
  /** Length of the training. Range: > 0 and ≤ 1000000. */
  readonly maxEpochs: number;
  /** Images in a step, over all GPUs. Range: > 0 and ≤ 1000000. */
  readonly batchSize: number;
  /** Images in a step of the evaluation, over all GPUs; null is `batchSize`. Range: > 0 and ≤ 1000000. Default: `null`. */
  readonly testBatchSize: number | null;
  readonly model: Model;
  /** From a decoded image to an input. */
  readonly inputs: Inputs;
  /** The optimiser. */
  readonly optimizer: Optimizer;
  /** The learning rate over time. */
  readonly schedule: Schedule;
  /** The loss. */
  readonly loss: Loss;
  /** The moving average of the weights. */
  readonly ema: Ema;
  /**
   * Arithmetic of the forward and backward pass on a GPU; a CPU always computes in fp32. fp16 scales its
   * loss; tf32 rounds what matrix products and convolutions take in. Default: `"fp32"`.
   */
  readonly precision: 'fp32' | 'tf32' | 'fp16' | 'bf16';
  /** How the run is watched and fed. */
  readonly runtime: Runtime;
  /** Seed of the first trial; trial k adds k - 1. Range: ≥ 0. Default: `0`. */
  readonly seed: number;
}

/** Every field below the top of a run config, by its dotted path. */
export interface RunConfigPaths {
  /** Short name; the root on a machine comes from MIXLAB_DATA_<NAME> or mixlab.local.json. */
  readonly 'dataset.name': string;
  /** How the files lie; `auto` looks at the root. `digits` is scikit-learn's, and needs no root. Default: `"auto"`. */
  readonly 'dataset.layout': 'auto' | 'cifar' | 'digits' | 'imagefolder' | 'list' | 'mnist' | 'tiny-imagenet';
  /** Number of classes. Range: ≥ 2 and ≤ 1000000. */
  readonly 'dataset.classes': number;
  /** Side of the square input, in pixels, unless `inputs` says otherwise. Range: > 0 and ≤ 8192. */
  readonly 'dataset.size': number;
  /** Name of the training split (of its folder, in an ImageFolder tree). Default: `"train"`. */
  readonly 'dataset.trainSplit': string;
  /** Name of the evaluation split. Default: `"val"`. */
  readonly 'dataset.valSplit': string;
  /**
   * File of the training split in the layout `list`, a line `path label` for each image; relative to the
   * root. Null looks for it where OpenMixup's users have it. Default: `null`.
   */
  readonly 'dataset.trainList': string | null;
  /** The same of the evaluation split. Default: `null`. */
  readonly 'dataset.valList': string | null;
  /** Mean of each RGB channel, of pixels in 0..1. Default: `[0.485,0.456,0.406]`. */
  readonly 'dataset.mean': readonly [number, number, number];
  /** Standard deviation of each RGB channel, of pixels in 0..1. Default: `[0.229,0.224,0.225]`. */
  readonly 'dataset.std': readonly [number, number, number];
  /**
   * `adautomix`: The backbone's batch is mixed by MixUp where the first image's share is as near as this to 0 or 1. Range: ≥ 0 and < 0.5. Default: `0.03`.
   *
   * `automix`, `samix`: The backbone's batch is mixed by MixUp where lam is as near as this to 0 or to 1. Range: ≥ 0 and < 0.5. Default: `0.08`.
   */
  readonly 'mixMode.lamMargin': number;
  /** `adautomix`, `automix`, `samix`: The block is trained in this share of the steps; 0 is always (CNNs), transformers take 0.8. Range: ≥ 0 and ≤ 1. Default: `0`. */
  readonly 'mixMode.switchOff': number;
  /** `adautomix`, `automix`, `samix`: Whether that share falls to 0 along a cosine. Default: `false`. */
  readonly 'mixMode.switchOffDecay': boolean;
  /** `adautomix`, `automix`, `samix`: Of the moving average k, at first. Range: ≥ 0 and ≤ 1. Default: `0.999`. */
  readonly 'mixMode.momentum': number;
  /** `adautomix`, `automix`, `samix`: Share of the training until which it stays; 0.25 for DeiT. Range: ≥ 0 and ≤ 1. Default: `0.1`. */
  readonly 'mixMode.momentumStart': number;
  /**
   * `adautomix`, `automix`, `samix`: What it grows to: along a cosine over the whole training, whenever it sets in. 0.999999 for
   * Tiny-ImageNet. Range: ≥ 0 and ≤ 1. Default: `0.99999`.
   */
  readonly 'mixMode.finalMomentum': number;
  /** `adautomix`, `automix`, `samix`: Learning rate of the block, for SGD; null is the backbone's, 0.001 fits AdamW. Range: > 0 and ≤ 1e+30. Default: `0.1`. */
  readonly 'mixMode.blockLr': number | null;
  /** `adautomix`, `automix`, `samix`: What it falls to along a cosine. Range: ≥ 0 and ≤ 1e+30. Default: `0.001`. */
  readonly 'mixMode.blockMinLr': number;
  /**
   * `adautomix`: Shares are draws of Beta(alpha, alpha) over their sum; of two images, one draw is lam. Range: > 0 and ≤ 1e+30. Default: `1`.
   *
   * `alignmix`: lam ~ Beta(alpha, alpha), the weight of the first image. Range: > 0 and ≤ 1e+30. Default: `2`.
   *
   * `attentivemix`: lam ~ Beta(alpha, 8), the share of cells that are kept. Range: > 0 and ≤ 1e+30. Default: `2`.
   *
   * `automix`, `samix`: lam ~ Beta(alpha, alpha), one for the batch that trains the backbone, one for that of the block. Range: > 0 and ≤ 1e+30. Default: `2`.
   *
   * `comixup`: Of the Dirichlet distribution that the prior's shares of the inputs are drawn from. Range: > 0 and ≤ 1e+30. Default: `2`.
   *
   * `cutmix`, `saliencymix`, `transmix`: lam ~ Beta(alpha, alpha), the share of the area that is kept, before the box is clipped. Range: > 0 and ≤ 1e+30. Default: `1`.
   *
   * `decouplemix`: alpha of the method that mixes: lam ~ Beta(alpha, alpha). Range: > 0 and ≤ 1e+30. Default: `1`.
   *
   * `fmix`: lam ~ Beta(alpha, alpha), the share of pixels that are kept. Range: > 0 and ≤ 1e+30. Default: `1`.
   *
   * `grafting`: p ~ Beta(alpha, alpha), the chance of each salient place to be grafted. Range: > 0 and ≤ 1e+30. Default: `1`.
   *
   * `gridmix`: lam ~ Beta(alpha, alpha), the share of cells that are kept, before it is rounded to whole cells. Range: > 0 and ≤ 1e+30. Default: `1`.
   *
   * `gridmixup`: lam ~ Beta(alpha, alpha), the kept share of each cell's area, before its hole is rounded to pixels. Range: > 0 and ≤ 1e+30. Default: `0.2`.
   *
   * `manifoldmix`: lam ~ Beta(alpha, alpha), the weight of the first image's features. Range: > 0 and ≤ 1e+30. Default: `2`.
   *
   * `mixpro`: r ~ Beta(alpha, alpha), the share of cells that are kept, before it is rounded up to whole cells. Range: > 0 and ≤ 1e+30. Default: `1`.
   *
   * `mixup`: lam ~ Beta(alpha, alpha), the weight of the first image. Range: > 0 and ≤ 1e+30. Default: `1`.
   *
   * `puzzlemix`: lam ~ Beta(alpha, alpha), what the mask's prior takes for the first image's share. Range: > 0 and ≤ 1e+30. Default: `1`.
   *
   * `recursivemix`: The box has a share of U(0, alpha) of the area, before it is clipped. Range: > 0 and ≤ 1. Default: `0.5`.
   *
   * `resizemix`: The scale is drawn from Beta(alpha, alpha), and anew and evenly where that is not within `scale`, as
   * OpenMixup does it; 1, the paper's way, is even throughout. Range: > 0 and ≤ 1e+30. Default: `1`.
   *
   * `supermix`: lam ~ Beta(alpha, alpha) for each sample: a Dirichlet draw for two. Range: > 0 and ≤ 1e+30. Default: `3`.
   *
   * `tokenmix`: Where given, that share is drawn from Beta(alpha, alpha) instead; from Beta(1, 1) for `compat`. Range: > 0 and ≤ 1e+30. Default: `null`.
   */
  readonly 'mixMode.alpha': number | number | null;
  /** `adautomix`: How many images are mixed. Range: ≥ 2 and ≤ 3. Default: `3`. */
  readonly 'mixMode.mixSamples': number;
  /** `adautomix`: Whether that is drawn for each batch, from 2 up. Default: `false`. */
  readonly 'mixMode.randomSamples': boolean;
  /**
   * `adautomix`: Where masks are trained to be hard: weight of the loss, the cosine has the rest. 0.3 for CIFAR-100, 0.4
   * for Tiny-ImageNet. Range: ≥ 0 and ≤ 1. Default: `0.1`.
   *
   * `comixup`: Price of neighbouring cells that show different inputs. Range: ≥ 0 and ≤ 1e+30. Default: `0.32`.
   *
   * `puzzlemix`: Price of neighbouring blocks that show different images. Range: ≥ 0 and ≤ 1e+30. Default: `1.2`.
   */
  readonly 'mixMode.beta': number;
  /** `adautomix`: One of so many steps trains the masks to be hard, the first of all among them. Range: > 0 and ≤ 1000000. Default: `2`. */
  readonly 'mixMode.adversarialInterval': number;
  /** `adautomix`: Of three images: weight of MixUp's loss, the clean batch's has the rest. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly 'mixMode.mixupWeight': number;
  /**
   * `adautomix`: Whether the network sees lam as a channel; false for CIFAR-100 and Tiny-ImageNet. Default: `true`.
   *
   * `automix`: Whether the network sees lam as a channel; false for Tiny-ImageNet. Default: `true`.
   */
  readonly 'mixMode.lamConcat': boolean;
  /**
   * `adautomix`: `openmixup` mixes three images by MixUp for the backbone, but where the first has nearly all. Default: `"none"`.
   *
   * `alignmix`: `openmixup` mixes the other batches by ManifoldMix, and finds the transport as OpenMixup does, whatever
   * `iterations` says. Default: `"none"`.
   *
   * `attentivemix`: `openmixup` draws lam ~ Beta(alpha, alpha), lets the teacher normalise by the batch and weights all
   * labels of the batch by the first image's pixels. Default: `"none"`.
   *
   * `decouplemix`: 'openmixup' weighs the terms by the mix's shares in the order of class indices; only without
   * `perSample`. Default: `"none"`.
   *
   * `fmix`: `openmixup` draws noise that goes through one cycle at most across the image. Default: `"none"`.
   *
   * `gridmixup`: `openmixup` lets the crop be larger than the image: it then starts at a negative pixel, which Python
   * counts from the other end, and holes are lost or misplaced. Default: `"none"`.
   *
   * `guidedmixup`: `openmixup` pairs at random and gives every label of a batch the mean of the batch's weights. Default: `"none"`.
   *
   * `mixpro`: `openmixup` reads the attention to the unmixed image, and gives every label of a batch the mean of the
   * batch's weights. Default: `"none"`.
   *
   * `puzzlemix`: `openmixup` draws as OpenMixup does: never more than 8 blocks along a side. Default: `"none"`.
   *
   * `resizemix`: `openmixup` draws one box for the batch as CutMix does, and squeezes the partner into what of it lies
   * inside of the image. Default: `"none"`.
   *
   * `saliencymix`: `openmixup` places one box for the batch, by what OpenCV makes of the first partner's normalised
   * pixels. Default: `"none"`.
   *
   * `smmix`: `openmixup` ranks windows by the class token's attention and has the loss of the mixed labels alone. Default: `"none"`.
   *
   * `smoothmix`: `openmixup` swaps the labels, as OpenMixup does: the spot shows the partner, and its mean is still the
   * weight of the image's own label. Default: `"none"`.
   *
   * `tokenmix`: `openmixup` draws the share, reads attention in place of a teacher's maps and gives all labels of a
   * batch weights by what the mixes hide. Default: `"none"`.
   *
   * `transmix`: `openmixup` gives every label of a batch the mean of the batch's weights. Default: `"none"`.
   */
  readonly 'mixMode.compat': 'none' | 'openmixup';
  /**
   * `alignmix`, `attentivemix`, `manifoldmix`, `mixup`: Draw lam for each sample instead of once for the batch (the benchmark's way). Default: `false`.
   *
   * `cutmix`, `transmix`: Draw a box for each sample instead of one for the batch (the benchmark's way). Default: `false`.
   *
   * `decouplemix`: Draw a mix for each sample instead of one for the batch (the benchmark's way). Default: `false`.
   *
   * `fmix`: Draw a mask for each sample instead of one for the batch (the benchmark's way). Default: `false`.
   *
   * `grafting`: Draw p for each sample instead of once for the batch. Default: `false`.
   *
   * `gridmix`: Draw the cells for each sample instead of once for the batch. Default: `false`.
   *
   * `gridmixup`: Draw a grid for each sample instead of one for the batch (the benchmark's way). Default: `false`.
   *
   * `mixpro`: Draw r for each sample instead of once for the batch. Which cells is each sample's own in any case. Default: `false`.
   *
   * `resizemix`: Draw a scale for each sample instead of one for the batch (the benchmark's way). Default: `false`.
   *
   * `saliencymix`: Draw the size of the box for each sample instead of once for the batch (the benchmark's way). Where it
   * lies is each sample's own in any case. Default: `false`.
   *
   * `smoothmix`: Draw a spot for each sample instead of one for the batch (the benchmark's way). Default: `false`.
   *
   * `tokenmix`: Draw a mask for each sample instead of one for the batch. Default: `false`.
   */
  readonly 'mixMode.perSample': boolean;
  /** `alignmix`: How often a batch's features are aligned; the others are mixed by MixUp. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly 'mixMode.alignProbability': number;
  /** `alignmix`: Weight of the transport's entropy, in units of squared distance of features. Range: > 0 and ≤ 1e+30. Default: `0.1`. */
  readonly 'mixMode.epsilon': number;
  /**
   * `alignmix`: Of Sinkhorn's algorithm, which finds the transport. Range: > 0 and ≤ 1000000. Default: `50`.
   *
   * `supermix`: Steps for each batch, each a forward and a backward pass of the teacher. Range: > 0 and ≤ 1000000. Default: `50`.
   */
  readonly 'mixMode.iterations': number;
  /** `attentivemix`: How many cells are kept, where not lam says it; 6 in the paper. Range: > 0 and ≤ 1000000. Default: `null`. */
  readonly 'mixMode.topK': number | null;
  /**
   * `attentivemix`: Cells along a side. Range: > 0 and ≤ 1000000. Default: `7`.
   *
   * `gridmix`, `mixpro`: Cells along a side. Range: > 0 and ≤ 1000000. Default: `4`.
   *
   * `tokenmix`: Cells along a side. Range: > 0 and ≤ 1000000. Default: `14`.
   */
  readonly 'mixMode.gridSize': number;
  /**
   * `attentivemix`, `tokenmix`: Side, in pixels, that images are resized to for the teacher. Range: > 0 and ≤ 8192. Default: `224`.
   *
   * `supermix`: Side, in pixels, that images are resized to for the teacher; null leaves them as they are. Range: > 0 and ≤ 8192. Default: `null`.
   */
  readonly 'mixMode.teacherSize': number | number | null;
  /**
   * `attentivemix`: The network that ranks the cells.
   *
   * `supermix`: The network that the masks are made for.
   *
   * `tokenmix`: The network that sees classes; it has to have been trained on those of the dataset.
   */
  readonly 'mixMode.teacher': Teacher;
  /** `attentivemix`, `supermix`, `tokenmix`: Its network, by its timm name. Default: `"resnet18"`. */
  readonly 'mixMode.teacher.backbone': Backbone;
  /** `attentivemix`, `supermix`, `tokenmix`: `timm` for timm's weights of that name, or the path of a checkpoint. Default: `"timm"`. */
  readonly 'mixMode.teacher.weights': string;
  /** `automix`, `samix`: Weight of the masks' own loss. Range: ≥ 0 and ≤ 1e+30. Default: `0.1`. */
  readonly 'mixMode.maskLoss': number;
  /** `automix`, `samix`: Whether that weight falls to 0 along a cosine (ImageNet) or stays (Tiny-ImageNet). Default: `true`. */
  readonly 'mixMode.maskLossDecay': boolean;
  /** `automix`, `samix`: How far the masks' mean may be from lam at no cost. Range: ≥ 0 and ≤ 1. Default: `0.1`. */
  readonly 'mixMode.maskMargin': number;
  /** `comixup`: Images that are mixed among themselves; the last group of a batch may be smaller. Range: ≥ 3. Default: `20`. */
  readonly 'mixMode.groupSize': number;
  /** `comixup`: Cells along a side; it divides the images' sides. Range: > 0 and ≤ 1000000. Default: `4`. */
  readonly 'mixMode.blockCount': number;
  /**
   * `comixup`: Price of inputs that other outputs show as well. Range: ≥ 0 and ≤ 1e+30. Default: `1`.
   *
   * `puzzlemix`: How much that price depends on how far the images' pixels are apart at the blocks' border. Range: ≥ 0 and ≤ 1. Default: `0.5`.
   */
  readonly 'mixMode.gamma': number;
  /**
   * `comixup`: Weight of the prior. Range: ≥ 0 and ≤ 1e+30. Default: `0.05`.
   *
   * `decouplemix`: Weight of the decoupled terms. Range: ≥ 0 and ≤ 1e+30. Default: `0.1`.
   *
   * `puzzlemix`: Weight of the prior that pulls the mask's mean towards lam. Range: ≥ 0 and ≤ 1e+30. Default: `0.2`.
   */
  readonly 'mixMode.eta': number;
  /** `comixup`: How much of an image others may show of an input before that costs anything. Range: ≥ 0 and ≤ 1e+30. Default: `0.83`. */
  readonly 'mixMode.tau': number;
  /**
   * `comixup`: How much inputs count as alike that are salient in different places. Range: ≥ 0 and ≤ 1. Default: `0.001`.
   *
   * `recursivemix`: Weight of the loss in the box; 0.5 for ImageNet, 0.1 for CIFAR. Range: ≥ 0 and ≤ 1e+30. Default: `0.5`.
   */
  readonly 'mixMode.omega': number;
  /** `comixup`: Times that each output is labelled, given all others. Range: > 0 and ≤ 1000000. Default: `4`. */
  readonly 'mixMode.sweeps': number;
  /** `comixup`: Whether outputs that show the same inputs are told apart before the last sweep. Default: `true`. */
  readonly 'mixMode.resolve': boolean;
  /**
   * `comixup`: Weight of the clean batch's loss, beside the mixed batch's of 1. With 0, the saliency is of a pass in
   * evaluation mode that trains nothing; else of the pass that trains. Range: ≥ 0 and ≤ 1e+30. Default: `1`.
   *
   * `puzzlemix`: Weight of the clean batch's loss, beside the mixed batch's of 1. With 0, the saliency is of a pass in
   * evaluation mode that trains nothing; else of the pass that trains. Range: ≥ 0 and ≤ 1e+30. Default: `0`.
   */
  readonly 'mixMode.cleanLam': number;
  /** `decouplemix`: The method that mixes. Default: `"mixup"`. */
  readonly 'mixMode.mixing': 'mixup' | 'cutmix' | 'manifoldmix';
  /**
   * `deit`: alpha of MixUp. Range: > 0 and ≤ 1e+30. Default: `0.8`.
   *
   * `rsb`: alpha of MixUp. Range: > 0 and ≤ 1e+30. Default: `0.1`.
   *
   * `smmix`, `tokenmix`, `transmix`: Where given, MixUp of this alpha takes some of the batches, as in the method's published recipe. Range: > 0 and ≤ 1e+30. Default: `null`.
   */
  readonly 'mixMode.mixupAlpha': number | number | null;
  /** `deit`, `rsb`: alpha of CutMix. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly 'mixMode.cutmixAlpha': number;
  /** `deit`, `rsb`: How often CutMix is drawn. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly 'mixMode.switchProbability': number;
  /** `fmix`: delta: the noise's spectrum falls with frequency to this power. Range: > 0 and ≤ 1e+30. Default: `3`. */
  readonly 'mixMode.decay': number;
  /** `fmix`: Half the share of pixels over which the mask's edge fades from 1 to 0; 0 is a sharp edge. Range: ≥ 0 and ≤ 0.5. Default: `0`. */
  readonly 'mixMode.maxSoft': number;
  /** `grafting`: T: the higher, the more alike are the weights of all places. Range: ≥ 0.000001. Default: `1`. */
  readonly 'mixMode.temperature': number;
  /** `gridmix`: Weight of the loss of the cells' labels, beside the image's of 1. Range: ≥ 0 and ≤ 1e+30. Default: `0.15`. */
  readonly 'mixMode.localWeight': number;
  /** `gridmixup`: Least and greatest number of holes side by side; any number in between is as likely. Default: `[2,6]`. */
  readonly 'mixMode.holes': readonly [number, number];
  /** `gridmixup`: Range of the crop's share of the image. Default: `[0.5,1]`. */
  readonly 'mixMode.cropArea': readonly [number, number];
  /** `gridmixup`: Range of the crop's height over its width. Default: `[0.5,2]`. */
  readonly 'mixMode.cropAspect': readonly [number, number];
  /**
   * `guidedmixup`: `gradient` takes that of the loss, for which the batch goes through the backbone once more and back;
   * `spectral` is the spectral residual of the images, for which no network is asked. Default: `"gradient"`.
   */
  readonly 'mixMode.saliency': 'gradient' | 'spectral';
  /** `guidedmixup`: Whether partners are those whose saliency is far away, or any. Default: `"greedy"`. */
  readonly 'mixMode.pairs': 'greedy' | 'random';
  /** `manifoldmix`: Where the mix may happen: 0 is the input, n the output of the backbone's n-th stage. Default: `[0,1,2]`. */
  readonly 'mixMode.layers': readonly number[];
  /** `mixpro`: Label smoothing of the target that the network's probabilities are compared with. Range: ≥ 0 and ≤ 1. Default: `0.1`. */
  readonly 'mixMode.smoothing': number;
  /** `oneOf`: The methods and their probabilities, which sum to 1. */
  readonly 'mixMode.choices': readonly Choice[];
  /** `puzzlemix`: Side in pixels, at most, of the squares that are compared at the blocks' borders. Range: > 0 and ≤ 1000000. Default: `4`. */
  readonly 'mixMode.borderSize': number;
  /** `puzzlemix`: How many values the mask takes: 2 for 0 and 1, 3 for 0, 1/2 and 1. Range: ≥ 2 and ≤ 16. Default: `3`. */
  readonly 'mixMode.maskLevels': number;
  /** `puzzlemix`: How many blocks along a side; each batch draws one of those that divide the image's sides. Default: `[2,4,8,16]`. */
  readonly 'mixMode.blockCounts': readonly number[];
  /** `puzzlemix`: Whether each image's salient blocks move to where the mask shows that image. Default: `true`. */
  readonly 'mixMode.transport': boolean;
  /** `puzzlemix`: Price of moving a block across the whole image. Range: > 0 and ≤ 1e+30. Default: `0.8`. */
  readonly 'mixMode.transportPrice': number;
  /**
   * `puzzlemix`: Side in pixels, at most, of the squares that move, where not the mask's own blocks do. Memory grows
   * with the square of their number: small ones are for small images. Range: > 0 and ≤ 1000000. Default: `null`.
   */
  readonly 'mixMode.transportSize': number | null;
  /** `puzzlemix`: How often a batch's first images are attacked before they are mixed, and how often its partners are. Range: ≥ 0 and ≤ 1. Default: `0`. */
  readonly 'mixMode.attackProbability': number;
  /** `puzzlemix`: How far an attack moves a pixel at most, of 255. Range: ≥ 0 and ≤ 1e+30. Default: `10`. */
  readonly 'mixMode.attackSize': number;
  /** `recursivemix`: How the earlier images are made small. Default: `"nearest"`. */
  readonly 'mixMode.interpolation': 'nearest' | 'bilinear';
  /** `resizemix`: Least and greatest side of the pasted image over the image's. Default: `[0.1,0.8]`. */
  readonly 'mixMode.scale': readonly [number, number];
  /** `samix`: In the network that values places; 0 for Tiny-ImageNet. Range: ≥ 0 and < 1. Default: `0.1`. */
  readonly 'mixMode.dropout': number;
  /** `smmix`, `tokenmix`, `transmix`: How often it does. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly 'mixMode.mixupProbability': number;
  /** `smmix`: Side of the smallest window, as a share of the image's; rounded down to whole patches, at least one. Range: > 0 and < 1. Default: `0.25`. */
  readonly 'mixMode.minSide': number;
  /** `smmix`: Side of the largest window. Range: > 0 and < 1. Default: `0.75`. */
  readonly 'mixMode.maxSide': number;
  /** `smmix`: Weight of the mean of the two losses of the images' own patches. Range: ≥ 0 and ≤ 1e+30. Default: `1`. */
  readonly 'mixMode.fineGrainedWeight': number;
  /** `smmix`: Weight of the divergence from what the network says of the clean images. Range: ≥ 0 and ≤ 1e+30. Default: `1`. */
  readonly 'mixMode.consistencyWeight': number;
  /** `supermix`: Side of the grid that masks are found on; 8 for images of 32 pixels. Range: > 0 and ≤ 1000000. Default: `16`. */
  readonly 'mixMode.maskSize': number;
  /** `supermix`: Of the Gaussian filter over that grid, in its cells; 2 for ImageNet, 0 for none. Range: ≥ 0 and ≤ 1e+30. Default: `1`. */
  readonly 'mixMode.sigma': number;
  /** `supermix`: Weight of the loss that draws masks to 0 and 1. Range: ≥ 0 and ≤ 1e+30. Default: `25`. */
  readonly 'mixMode.sparsity': number;
  /** `tokenmix`: Share of cells that are kept, before `minimumCells` more of them are the partner's. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly 'mixMode.lam': number;
  /** `tokenmix`: Cells that are the partner's whatever the share. Range: ≥ 0 and ≤ 1000000. Default: `14`. */
  readonly 'mixMode.minimumCells': number;
  /**
   * First layers of a ResNet: 7x7 with stride 2 and pooling; 3x3 with neither, for 32 pixels (OpenMixup has
   * it at 64 as well); or 3x3 with stride 2, for 64 pixels (PuzzleMix). Default: `"imagenet"`.
   */
  readonly 'model.stem': 'imagenet' | 'cifar' | 'tiny-imagenet';
  /** `timm` for timm's weights of that name, or the path of a checkpoint; null trains from scratch. Default: `null`. */
  readonly 'model.pretrained': string | null;
  /** Stochastic depth rate of the last block. Range: ≥ 0 and < 1. Default: `0`. */
  readonly 'model.dropPath': number;
  /** Whether batch statistics are of all GPUs' images together (SyncBN), not of each GPU's own. Default: `false`. */
  readonly 'model.syncBatchNorm': boolean;
  /** Side of the training input in pixels; null is the dataset's size. Range: > 0 and ≤ 8192. Default: `null`. */
  readonly 'inputs.trainSize': number | null;
  /** Side of the test input in pixels; null is the dataset's size. Range: > 0 and ≤ 8192. Default: `null`. */
  readonly 'inputs.testSize': number | null;
  /** Side of the centre crop over the side that the image is resized to; 1 takes the whole image. Range: ≥ 0.01 and ≤ 1. Default: `0.875`. */
  readonly 'inputs.testCropRatio': number;
  /** Training crop: of random area and aspect, of fixed size after padding, or none. Default: `"random-resized"`. */
  readonly 'inputs.crop': 'random-resized' | 'pad' | 'none';
  /** Least and greatest share of the image that `random-resized` takes. Default: `[0.08,1]`. */
  readonly 'inputs.cropArea': readonly [number, number];
  /** Least and greatest width over height that `random-resized` takes. Default: `[0.75,1.3333333333333333]`. */
  readonly 'inputs.cropAspect': readonly [number, number];
  /** Pixels added on each side before a `pad` crop. Range: ≥ 0 and ≤ 1000000. Default: `4`. */
  readonly 'inputs.padding': number;
  /** What stands in the added pixels: black, or the image mirrored at its edge. Default: `"zeros"`. */
  readonly 'inputs.paddingMode': 'zeros' | 'reflect';
  /** How often a training image is mirrored left to right. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly 'inputs.flip': number;
  /** How images are resized. Default: `"bicubic"`. */
  readonly 'inputs.interpolation': 'bilinear' | 'bicubic';
  /** RandAugment in timm's notation, such as `rand-m9-mstd0.5-inc1`: after crop and flip; null has none. Default: `null`. */
  readonly 'inputs.randAugment': string | null;
  /**
   * By how much brightness, contrast and saturation are scaled up or down at most; 0.4 is usual. It acts
   * beside RandAugment, too, where timm leaves it out. Range: ≥ 0 and ≤ 10. Default: `0`.
   */
  readonly 'inputs.colorJitter': number;
  /** How often Random Erasing takes rectangles out of a training image, after normalisation. Range: ≥ 0 and ≤ 1. Default: `0`. */
  readonly 'inputs.erase': number;
  /** What an erased rectangle is filled with: normal noise for each pixel, one normal colour, or zero. Default: `"pixel"`. */
  readonly 'inputs.eraseMode': 'pixel' | 'rand' | 'const';
  /** Least and greatest share of the image that Random Erasing takes. Default: `[0.02,0.3333333333333333]`. */
  readonly 'inputs.eraseArea': readonly [number, number];
  /** Rectangles in an image that is erased; the area is divided among them. Range: > 0 and ≤ 1000. Default: `1`. */
  readonly 'inputs.eraseCount': number;
  /**
   * Repeated augmentation: how many differently augmented copies of an image a batch holds. An epoch has
   * as many samples as before, so of fewer images. Range: > 0 and ≤ 1000000. Default: `1`.
   */
  readonly 'inputs.repeats': number;
  /** SGD with momentum, AdamW, or LAMB. Default: `"sgd"`. */
  readonly 'optimizer.name': 'sgd' | 'adamw' | 'lamb';
  /** Learning rate at its peak, for the whole batch size. Range: > 0 and ≤ 1e+30. Default: `0.1`. */
  readonly 'optimizer.lr': number;
  /** Momentum of SGD. Range: ≥ 0 and ≤ 1. Default: `0.9`. */
  readonly 'optimizer.momentum': number;
  /** Nesterov's momentum in SGD. Default: `false`. */
  readonly 'optimizer.nesterov': boolean;
  /** Decay rates of AdamW's and LAMB's moments. Default: `[0.9,0.999]`. */
  readonly 'optimizer.betas': readonly [number, number];
  /** AdamW's and LAMB's epsilon; 1e-6 is usual for LAMB. Range: > 0 and ≤ 1e+30. Default: `1e-8`. */
  readonly 'optimizer.eps': number;
  /** Weight decay. Range: ≥ 0 and ≤ 1e+30. Default: `0.0001`. */
  readonly 'optimizer.weightDecay': number;
  /** Whether normalisation layers, biases and embeddings decay too. Default: `true`. */
  readonly 'optimizer.decayNormAndBias': boolean;
  /**
   * Greatest Euclidean norm of all gradients together, which larger ones are scaled down to; null leaves
   * them. LAMB scales them down to 1 in any case, as its authors and timm do. Range: > 0 and ≤ 1e+30. Default: `null`.
   */
  readonly 'optimizer.clipNorm': number | null;
  /** Shape after the warm-up. Default: `"cosine"`. */
  readonly 'schedule.name': 'cosine' | 'constant';
  /** How often the learning rate changes. Default: `"epoch"`. */
  readonly 'schedule.interval': 'epoch' | 'step';
  /** Learning rate that the cosine ends on. Range: ≥ 0 and ≤ 1e+30. Default: `0`. */
  readonly 'schedule.minLr': number;
  /** Epochs of linear warm-up. Range: ≥ 0 and ≤ 1000000. Default: `0`. */
  readonly 'schedule.warmupEpochs': number;
  /** First learning rate of the warm-up over the peak. Range: ≥ 0 and ≤ 1. Default: `0.001`. */
  readonly 'schedule.warmupFactor': number;
  /** Cross-entropy, or binary cross-entropy with logits. Default: `"ce"`. */
  readonly 'loss.name': 'ce' | 'bce';
  /** Whether binary cross-entropy is averaged over classes (timm) or summed (OpenMixup). Default: `"mean"`. */
  readonly 'loss.bceReduction': 'mean' | 'sum';
  /** Binary cross-entropy takes targets above it for 1 and others for 0; 0 takes them as they are. Range: ≥ 0 and < 1. Default: `0`. */
  readonly 'loss.targetThreshold': number;
  /** Share of each mixed target that is spread evenly over the classes. Range: ≥ 0 and < 1. Default: `0`. */
  readonly 'loss.labelSmoothing': number;
  /** Share of the average that a step keeps; 0 has no average, 0.9999 is usual. Range: ≥ 0 and < 1. Default: `0`. */
  readonly 'ema.decay': number;
  /** Epochs over which the share grows linearly from `warmupFactor` times `decay` to `decay`. Range: ≥ 0 and ≤ 1000000. Default: `0`. */
  readonly 'ema.warmupEpochs': number;
  /** First share of the warm-up over `decay`. Range: ≥ 0 and ≤ 1. Default: `0.9`. */
  readonly 'ema.warmupFactor': number;
  /**
   * Processes that decode and augment images, for each GPU. What fits in memory takes none, except for
   * RandAugment and colour jitter. Range: ≥ 0 and ≤ 1024. Default: `4`.
   */
  readonly 'runtime.workers': number;
  /**
   * Most images that a GPU takes in one pass; a larger share of the batch is taken in equal passes whose
   * gradients are accumulated. Batch norm and mixing see a pass. Null takes the whole share. Range: > 0 and ≤ 1000000. Default: `null`.
   */
  readonly 'runtime.gpuBatchSize': number | null;
  /** Mode of torch.compile for the backbone; `reduce-overhead` uses CUDA graphs, which help small images. Default: `"none"`. */
  readonly 'runtime.compile': 'none' | 'default' | 'reduce-overhead' | 'max-autotune';
  /** Whether a GPU computes the same bits each time, more slowly; a CPU always does. Default: `false`. */
  readonly 'runtime.deterministic': boolean;
  /** Project of Weights & Biases that the run is logged to, besides its own files. Default: `null`. */
  readonly 'runtime.wandb': string | null;
  /** Steps between two training lines of the log. Range: > 0 and ≤ 1000000. Default: `50`. */
  readonly 'runtime.logEvery': number;
  /** Epochs between two evaluations; the last epoch is always evaluated. Range: > 0 and ≤ 1000000. Default: `1`. */
  readonly 'runtime.evaluateEvery': number;
  /** Epochs between two checkpoints; the last epoch always has one. Range: > 0 and ≤ 1000000. Default: `1`. */
  readonly 'runtime.checkpointEvery': number;
}

/** Parameters of AdAutoMix, as an author gives them. */
export interface AdAutoMixParams {
  /** The backbone's batch is mixed by MixUp where the first image's share is as near as this to 0 or 1. Range: ≥ 0 and < 0.5. Default: `0.03`. */
  readonly lamMargin?: number;
  /** The block is trained in this share of the steps; 0 is always (CNNs), transformers take 0.8. Range: ≥ 0 and ≤ 1. Default: `0`. */
  readonly switchOff?: number;
  /** Whether that share falls to 0 along a cosine. Default: `false`. */
  readonly switchOffDecay?: boolean;
  /** Of the moving average k, at first. Range: ≥ 0 and ≤ 1. Default: `0.999`. */
  readonly momentum?: number;
  /** Share of the training until which it stays; 0.25 for DeiT. Range: ≥ 0 and ≤ 1. Default: `0.1`. */
  readonly momentumStart?: number;
  /**
   * What it grows to: along a cosine over the whole training, whenever it sets in. 0.999999 for
   * Tiny-ImageNet. Range: ≥ 0 and ≤ 1. Default: `0.99999`.
   */
  readonly finalMomentum?: number;
  /** Learning rate of the block, for SGD; null is the backbone's, 0.001 fits AdamW. Range: > 0 and ≤ 1e+30. Default: `0.1`. */
  readonly blockLr?: number | null;
  /** What it falls to along a cosine. Range: ≥ 0 and ≤ 1e+30. Default: `0.001`. */
  readonly blockMinLr?: number;
  /** Shares are draws of Beta(alpha, alpha) over their sum; of two images, one draw is lam. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha?: number;
  /** How many images are mixed. Range: ≥ 2 and ≤ 3. Default: `3`. */
  readonly mixSamples?: number;
  /** Whether that is drawn for each batch, from 2 up. Default: `false`. */
  readonly randomSamples?: boolean;
  /**
   * Where masks are trained to be hard: weight of the loss, the cosine has the rest. 0.3 for CIFAR-100, 0.4
   * for Tiny-ImageNet. Range: ≥ 0 and ≤ 1. Default: `0.1`.
   */
  readonly beta?: number;
  /** One of so many steps trains the masks to be hard, the first of all among them. Range: > 0 and ≤ 1000000. Default: `2`. */
  readonly adversarialInterval?: number;
  /** Of three images: weight of MixUp's loss, the clean batch's has the rest. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly mixupWeight?: number;
  /** Whether the network sees lam as a channel; false for CIFAR-100 and Tiny-ImageNet. Default: `true`. */
  readonly lamConcat?: boolean;
  /** `openmixup` mixes three images by MixUp for the backbone, but where the first has nearly all. Default: `"none"`. */
  readonly compat?: 'none' | 'openmixup';
}

/** Parameters of AlignMix, as an author gives them. */
export interface AlignMixParams {
  /** lam ~ Beta(alpha, alpha), the weight of the first image. Range: > 0 and ≤ 1e+30. Default: `2`. */
  readonly alpha?: number;
  /** Draw lam for each sample instead of once for the batch (the benchmark's way). Default: `false`. */
  readonly perSample?: boolean;
  /** How often a batch's features are aligned; the others are mixed by MixUp. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly alignProbability?: number;
  /** Weight of the transport's entropy, in units of squared distance of features. Range: > 0 and ≤ 1e+30. Default: `0.1`. */
  readonly epsilon?: number;
  /** Of Sinkhorn's algorithm, which finds the transport. Range: > 0 and ≤ 1000000. Default: `50`. */
  readonly iterations?: number;
  /**
   * `openmixup` mixes the other batches by ManifoldMix, and finds the transport as OpenMixup does, whatever
   * `iterations` says. Default: `"none"`.
   */
  readonly compat?: 'none' | 'openmixup';
}

/** Parameters of AttentiveMix, as an author gives them. */
export interface AttentiveMixParams {
  /** lam ~ Beta(alpha, 8), the share of cells that are kept. Range: > 0 and ≤ 1e+30. Default: `2`. */
  readonly alpha?: number;
  /** How many cells are kept, where not lam says it; 6 in the paper. Range: > 0 and ≤ 1000000. Default: `null`. */
  readonly topK?: number | null;
  /** Draw lam for each sample instead of once for the batch (the benchmark's way). Default: `false`. */
  readonly perSample?: boolean;
  /** Cells along a side. Range: > 0 and ≤ 1000000. Default: `7`. */
  readonly gridSize?: number;
  /** Side, in pixels, that images are resized to for the teacher. Range: > 0 and ≤ 8192. Default: `224`. */
  readonly teacherSize?: number;
  /** The network that ranks the cells. */
  readonly teacher?: Teacher;
  /**
   * `openmixup` draws lam ~ Beta(alpha, alpha), lets the teacher normalise by the batch and weights all
   * labels of the batch by the first image's pixels. Default: `"none"`.
   */
  readonly compat?: 'none' | 'openmixup';
}

/** Parameters of AutoMix, as an author gives them. */
export interface AutoMixParams {
  /** The backbone's batch is mixed by MixUp where lam is as near as this to 0 or to 1. Range: ≥ 0 and < 0.5. Default: `0.08`. */
  readonly lamMargin?: number;
  /** The block is trained in this share of the steps; 0 is always (CNNs), transformers take 0.8. Range: ≥ 0 and ≤ 1. Default: `0`. */
  readonly switchOff?: number;
  /** Whether that share falls to 0 along a cosine. Default: `false`. */
  readonly switchOffDecay?: boolean;
  /** Of the moving average k, at first. Range: ≥ 0 and ≤ 1. Default: `0.999`. */
  readonly momentum?: number;
  /** Share of the training until which it stays; 0.25 for DeiT. Range: ≥ 0 and ≤ 1. Default: `0.1`. */
  readonly momentumStart?: number;
  /**
   * What it grows to: along a cosine over the whole training, whenever it sets in. 0.999999 for
   * Tiny-ImageNet. Range: ≥ 0 and ≤ 1. Default: `0.99999`.
   */
  readonly finalMomentum?: number;
  /** Learning rate of the block, for SGD; null is the backbone's, 0.001 fits AdamW. Range: > 0 and ≤ 1e+30. Default: `0.1`. */
  readonly blockLr?: number | null;
  /** What it falls to along a cosine. Range: ≥ 0 and ≤ 1e+30. Default: `0.001`. */
  readonly blockMinLr?: number;
  /** lam ~ Beta(alpha, alpha), one for the batch that trains the backbone, one for that of the block. Range: > 0 and ≤ 1e+30. Default: `2`. */
  readonly alpha?: number;
  /** Weight of the masks' own loss. Range: ≥ 0 and ≤ 1e+30. Default: `0.1`. */
  readonly maskLoss?: number;
  /** Whether that weight falls to 0 along a cosine (ImageNet) or stays (Tiny-ImageNet). Default: `true`. */
  readonly maskLossDecay?: boolean;
  /** How far the masks' mean may be from lam at no cost. Range: ≥ 0 and ≤ 1. Default: `0.1`. */
  readonly maskMargin?: number;
  /** Whether the network sees lam as a channel; false for Tiny-ImageNet. Default: `true`. */
  readonly lamConcat?: boolean;
}

/** Parameters of CoMixup, as an author gives them. */
export interface CoMixupParams {
  /** Of the Dirichlet distribution that the prior's shares of the inputs are drawn from. Range: > 0 and ≤ 1e+30. Default: `2`. */
  readonly alpha?: number;
  /** Images that are mixed among themselves; the last group of a batch may be smaller. Range: ≥ 3. Default: `20`. */
  readonly groupSize?: number;
  /** Cells along a side; it divides the images' sides. Range: > 0 and ≤ 1000000. Default: `4`. */
  readonly blockCount?: number;
  /** Price of neighbouring cells that show different inputs. Range: ≥ 0 and ≤ 1e+30. Default: `0.32`. */
  readonly beta?: number;
  /** Price of inputs that other outputs show as well. Range: ≥ 0 and ≤ 1e+30. Default: `1`. */
  readonly gamma?: number;
  /** Weight of the prior. Range: ≥ 0 and ≤ 1e+30. Default: `0.05`. */
  readonly eta?: number;
  /** How much of an image others may show of an input before that costs anything. Range: ≥ 0 and ≤ 1e+30. Default: `0.83`. */
  readonly tau?: number;
  /** How much inputs count as alike that are salient in different places. Range: ≥ 0 and ≤ 1. Default: `0.001`. */
  readonly omega?: number;
  /** Times that each output is labelled, given all others. Range: > 0 and ≤ 1000000. Default: `4`. */
  readonly sweeps?: number;
  /** Whether outputs that show the same inputs are told apart before the last sweep. Default: `true`. */
  readonly resolve?: boolean;
  /**
   * Weight of the clean batch's loss, beside the mixed batch's of 1. With 0, the saliency is of a pass in
   * evaluation mode that trains nothing; else of the pass that trains. Range: ≥ 0 and ≤ 1e+30. Default: `1`.
   */
  readonly cleanLam?: number;
}

/** Parameters of CutMix, as an author gives them. */
export interface CutMixParams {
  /** lam ~ Beta(alpha, alpha), the share of the area that is kept, before the box is clipped. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha?: number;
  /** Draw a box for each sample instead of one for the batch (the benchmark's way). Default: `false`. */
  readonly perSample?: boolean;
}

/** Parameters of DecoupleMix, as an author gives them. */
export interface DecoupleMixParams {
  /** The method that mixes. Default: `"mixup"`. */
  readonly mixing?: 'mixup' | 'cutmix' | 'manifoldmix';
  /** alpha of the method that mixes: lam ~ Beta(alpha, alpha). Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha?: number;
  /** Draw a mix for each sample instead of one for the batch (the benchmark's way). Default: `false`. */
  readonly perSample?: boolean;
  /** Weight of the decoupled terms. Range: ≥ 0 and ≤ 1e+30. Default: `0.1`. */
  readonly eta?: number;
  /**
   * 'openmixup' weighs the terms by the mix's shares in the order of class indices; only without
   * `perSample`. Default: `"none"`.
   */
  readonly compat?: 'none' | 'openmixup';
}

/** Parameters of DeiT, as an author gives them. */
export interface DeiTParams {
  /** alpha of MixUp. Range: > 0 and ≤ 1e+30. Default: `0.8`. */
  readonly mixupAlpha?: number;
  /** alpha of CutMix. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly cutmixAlpha?: number;
  /** How often CutMix is drawn. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly switchProbability?: number;
}

/** Parameters of FMix, as an author gives them. */
export interface FMixParams {
  /** lam ~ Beta(alpha, alpha), the share of pixels that are kept. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha?: number;
  /** delta: the noise's spectrum falls with frequency to this power. Range: > 0 and ≤ 1e+30. Default: `3`. */
  readonly decay?: number;
  /** Half the share of pixels over which the mask's edge fades from 1 to 0; 0 is a sharp edge. Range: ≥ 0 and ≤ 0.5. Default: `0`. */
  readonly maxSoft?: number;
  /** Draw a mask for each sample instead of one for the batch (the benchmark's way). Default: `false`. */
  readonly perSample?: boolean;
  /** `openmixup` draws noise that goes through one cycle at most across the image. Default: `"none"`. */
  readonly compat?: 'none' | 'openmixup';
}

/** Parameters of SaliencyGrafting, as an author gives them. */
export interface SaliencyGraftingParams {
  /** p ~ Beta(alpha, alpha), the chance of each salient place to be grafted. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha?: number;
  /** T: the higher, the more alike are the weights of all places. Range: ≥ 0.000001. Default: `1`. */
  readonly temperature?: number;
  /** Draw p for each sample instead of once for the batch. Default: `false`. */
  readonly perSample?: boolean;
}

/** Parameters of GridMix, as an author gives them. */
export interface GridMixParams {
  /** lam ~ Beta(alpha, alpha), the share of cells that are kept, before it is rounded to whole cells. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha?: number;
  /** Cells along a side. Range: > 0 and ≤ 1000000. Default: `4`. */
  readonly gridSize?: number;
  /** Weight of the loss of the cells' labels, beside the image's of 1. Range: ≥ 0 and ≤ 1e+30. Default: `0.15`. */
  readonly localWeight?: number;
  /** Draw the cells for each sample instead of once for the batch. Default: `false`. */
  readonly perSample?: boolean;
}

/** Parameters of GridMixup, as an author gives them. */
export interface GridMixupParams {
  /** lam ~ Beta(alpha, alpha), the kept share of each cell's area, before its hole is rounded to pixels. Range: > 0 and ≤ 1e+30. Default: `0.2`. */
  readonly alpha?: number;
  /** Least and greatest number of holes side by side; any number in between is as likely. Default: `[2,6]`. */
  readonly holes?: readonly [number, number];
  /** Range of the crop's share of the image. Default: `[0.5,1]`. */
  readonly cropArea?: readonly [number, number];
  /** Range of the crop's height over its width. Default: `[0.5,2]`. */
  readonly cropAspect?: readonly [number, number];
  /** Draw a grid for each sample instead of one for the batch (the benchmark's way). Default: `false`. */
  readonly perSample?: boolean;
  /**
   * `openmixup` lets the crop be larger than the image: it then starts at a negative pixel, which Python
   * counts from the other end, and holes are lost or misplaced. Default: `"none"`.
   */
  readonly compat?: 'none' | 'openmixup';
}

/** Parameters of GuidedMixup, as an author gives them. */
export interface GuidedMixupParams {
  /**
   * `gradient` takes that of the loss, for which the batch goes through the backbone once more and back;
   * `spectral` is the spectral residual of the images, for which no network is asked. Default: `"gradient"`.
   */
  readonly saliency?: 'gradient' | 'spectral';
  /** Whether partners are those whose saliency is far away, or any. Default: `"greedy"`. */
  readonly pairs?: 'greedy' | 'random';
  /** `openmixup` pairs at random and gives every label of a batch the mean of the batch's weights. Default: `"none"`. */
  readonly compat?: 'none' | 'openmixup';
}

/** Parameters of ManifoldMix, as an author gives them. */
export interface ManifoldMixParams {
  /** lam ~ Beta(alpha, alpha), the weight of the first image's features. Range: > 0 and ≤ 1e+30. Default: `2`. */
  readonly alpha?: number;
  /** Draw lam for each sample instead of once for the batch (the benchmark's way). Default: `false`. */
  readonly perSample?: boolean;
  /** Where the mix may happen: 0 is the input, n the output of the backbone's n-th stage. Default: `[0,1,2]`. */
  readonly layers?: readonly number[];
}

/** Parameters of MixPro, as an author gives them. */
export interface MixProParams {
  /** r ~ Beta(alpha, alpha), the share of cells that are kept, before it is rounded up to whole cells. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha?: number;
  /** Cells along a side. Range: > 0 and ≤ 1000000. Default: `4`. */
  readonly gridSize?: number;
  /** Draw r for each sample instead of once for the batch. Which cells is each sample's own in any case. Default: `false`. */
  readonly perSample?: boolean;
  /** Label smoothing of the target that the network's probabilities are compared with. Range: ≥ 0 and ≤ 1. Default: `0.1`. */
  readonly smoothing?: number;
  /**
   * `openmixup` reads the attention to the unmixed image, and gives every label of a batch the mean of the
   * batch's weights. Default: `"none"`.
   */
  readonly compat?: 'none' | 'openmixup';
}

/** Parameters of MixUp, as an author gives them. */
export interface MixUpParams {
  /** lam ~ Beta(alpha, alpha), the weight of the first image. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha?: number;
  /** Draw lam for each sample instead of once for the batch (the benchmark's way). Default: `false`. */
  readonly perSample?: boolean;
}

/** Parameters of OneOf, as an author gives them. */
export interface OneOfParams {
  /** The methods and their probabilities, which sum to 1. */
  readonly choices: readonly Choice[];
}

/** Parameters of PuzzleMix, as an author gives them. */
export interface PuzzleMixParams {
  /** lam ~ Beta(alpha, alpha), what the mask's prior takes for the first image's share. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha?: number;
  /** Price of neighbouring blocks that show different images. Range: ≥ 0 and ≤ 1e+30. Default: `1.2`. */
  readonly beta?: number;
  /** How much that price depends on how far the images' pixels are apart at the blocks' border. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly gamma?: number;
  /** Weight of the prior that pulls the mask's mean towards lam. Range: ≥ 0 and ≤ 1e+30. Default: `0.2`. */
  readonly eta?: number;
  /** Side in pixels, at most, of the squares that are compared at the blocks' borders. Range: > 0 and ≤ 1000000. Default: `4`. */
  readonly borderSize?: number;
  /** How many values the mask takes: 2 for 0 and 1, 3 for 0, 1/2 and 1. Range: ≥ 2 and ≤ 16. Default: `3`. */
  readonly maskLevels?: number;
  /** How many blocks along a side; each batch draws one of those that divide the image's sides. Default: `[2,4,8,16]`. */
  readonly blockCounts?: readonly number[];
  /** Whether each image's salient blocks move to where the mask shows that image. Default: `true`. */
  readonly transport?: boolean;
  /** Price of moving a block across the whole image. Range: > 0 and ≤ 1e+30. Default: `0.8`. */
  readonly transportPrice?: number;
  /**
   * Side in pixels, at most, of the squares that move, where not the mask's own blocks do. Memory grows
   * with the square of their number: small ones are for small images. Range: > 0 and ≤ 1000000. Default: `null`.
   */
  readonly transportSize?: number | null;
  /**
   * Weight of the clean batch's loss, beside the mixed batch's of 1. With 0, the saliency is of a pass in
   * evaluation mode that trains nothing; else of the pass that trains. Range: ≥ 0 and ≤ 1e+30. Default: `0`.
   */
  readonly cleanLam?: number;
  /** How often a batch's first images are attacked before they are mixed, and how often its partners are. Range: ≥ 0 and ≤ 1. Default: `0`. */
  readonly attackProbability?: number;
  /** How far an attack moves a pixel at most, of 255. Range: ≥ 0 and ≤ 1e+30. Default: `10`. */
  readonly attackSize?: number;
  /** `openmixup` draws as OpenMixup does: never more than 8 blocks along a side. Default: `"none"`. */
  readonly compat?: 'none' | 'openmixup';
}

/** Parameters of RecursiveMix, as an author gives them. */
export interface RecursiveMixParams {
  /** The box has a share of U(0, alpha) of the area, before it is clipped. Range: > 0 and ≤ 1. Default: `0.5`. */
  readonly alpha?: number;
  /** Weight of the loss in the box; 0.5 for ImageNet, 0.1 for CIFAR. Range: ≥ 0 and ≤ 1e+30. Default: `0.5`. */
  readonly omega?: number;
  /** How the earlier images are made small. Default: `"nearest"`. */
  readonly interpolation?: 'nearest' | 'bilinear';
}

/** Parameters of ResizeMix, as an author gives them. */
export interface ResizeMixParams {
  /** Least and greatest side of the pasted image over the image's. Default: `[0.1,0.8]`. */
  readonly scale?: readonly [number, number];
  /**
   * The scale is drawn from Beta(alpha, alpha), and anew and evenly where that is not within `scale`, as
   * OpenMixup does it; 1, the paper's way, is even throughout. Range: > 0 and ≤ 1e+30. Default: `1`.
   */
  readonly alpha?: number;
  /** Draw a scale for each sample instead of one for the batch (the benchmark's way). Default: `false`. */
  readonly perSample?: boolean;
  /**
   * `openmixup` draws one box for the batch as CutMix does, and squeezes the partner into what of it lies
   * inside of the image. Default: `"none"`.
   */
  readonly compat?: 'none' | 'openmixup';
}

/** Parameters of RSB, as an author gives them. */
export interface RSBParams {
  /** alpha of MixUp. Range: > 0 and ≤ 1e+30. Default: `0.1`. */
  readonly mixupAlpha?: number;
  /** alpha of CutMix. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly cutmixAlpha?: number;
  /** How often CutMix is drawn. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly switchProbability?: number;
}

/** Parameters of SaliencyMix, as an author gives them. */
export interface SaliencyMixParams {
  /** lam ~ Beta(alpha, alpha), the share of the area that is kept, before the box is clipped. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha?: number;
  /**
   * Draw the size of the box for each sample instead of once for the batch (the benchmark's way). Where it
   * lies is each sample's own in any case. Default: `false`.
   */
  readonly perSample?: boolean;
  /**
   * `openmixup` places one box for the batch, by what OpenCV makes of the first partner's normalised
   * pixels. Default: `"none"`.
   */
  readonly compat?: 'none' | 'openmixup';
}

/** Parameters of SAMix, as an author gives them. */
export interface SAMixParams {
  /** The backbone's batch is mixed by MixUp where lam is as near as this to 0 or to 1. Range: ≥ 0 and < 0.5. Default: `0.08`. */
  readonly lamMargin?: number;
  /** The block is trained in this share of the steps; 0 is always (CNNs), transformers take 0.8. Range: ≥ 0 and ≤ 1. Default: `0`. */
  readonly switchOff?: number;
  /** Whether that share falls to 0 along a cosine. Default: `false`. */
  readonly switchOffDecay?: boolean;
  /** Of the moving average k, at first. Range: ≥ 0 and ≤ 1. Default: `0.999`. */
  readonly momentum?: number;
  /** Share of the training until which it stays; 0.25 for DeiT. Range: ≥ 0 and ≤ 1. Default: `0.1`. */
  readonly momentumStart?: number;
  /**
   * What it grows to: along a cosine over the whole training, whenever it sets in. 0.999999 for
   * Tiny-ImageNet. Range: ≥ 0 and ≤ 1. Default: `0.99999`.
   */
  readonly finalMomentum?: number;
  /** Learning rate of the block, for SGD; null is the backbone's, 0.001 fits AdamW. Range: > 0 and ≤ 1e+30. Default: `0.1`. */
  readonly blockLr?: number | null;
  /** What it falls to along a cosine. Range: ≥ 0 and ≤ 1e+30. Default: `0.001`. */
  readonly blockMinLr?: number;
  /** lam ~ Beta(alpha, alpha), one for the batch that trains the backbone, one for that of the block. Range: > 0 and ≤ 1e+30. Default: `2`. */
  readonly alpha?: number;
  /** Weight of the masks' own loss. Range: ≥ 0 and ≤ 1e+30. Default: `0.1`. */
  readonly maskLoss?: number;
  /** Whether that weight falls to 0 along a cosine (ImageNet) or stays (Tiny-ImageNet). Default: `true`. */
  readonly maskLossDecay?: boolean;
  /** How far the masks' mean may be from lam at no cost. Range: ≥ 0 and ≤ 1. Default: `0.1`. */
  readonly maskMargin?: number;
  /** In the network that values places; 0 for Tiny-ImageNet. Range: ≥ 0 and < 1. Default: `0.1`. */
  readonly dropout?: number;
}

/** Parameters of SMMix, as an author gives them. */
export interface SMMixParams {
  /** Where given, MixUp of this alpha takes some of the batches, as in the method's published recipe. Range: > 0 and ≤ 1e+30. Default: `null`. */
  readonly mixupAlpha?: number | null;
  /** How often it does. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly mixupProbability?: number;
  /** Side of the smallest window, as a share of the image's; rounded down to whole patches, at least one. Range: > 0 and < 1. Default: `0.25`. */
  readonly minSide?: number;
  /** Side of the largest window. Range: > 0 and < 1. Default: `0.75`. */
  readonly maxSide?: number;
  /** Weight of the mean of the two losses of the images' own patches. Range: ≥ 0 and ≤ 1e+30. Default: `1`. */
  readonly fineGrainedWeight?: number;
  /** Weight of the divergence from what the network says of the clean images. Range: ≥ 0 and ≤ 1e+30. Default: `1`. */
  readonly consistencyWeight?: number;
  /** `openmixup` ranks windows by the class token's attention and has the loss of the mixed labels alone. Default: `"none"`. */
  readonly compat?: 'none' | 'openmixup';
}

/** Parameters of SmoothMix, as an author gives them. */
export interface SmoothMixParams {
  /** Draw a spot for each sample instead of one for the batch (the benchmark's way). Default: `false`. */
  readonly perSample?: boolean;
  /**
   * `openmixup` swaps the labels, as OpenMixup does: the spot shows the partner, and its mean is still the
   * weight of the image's own label. Default: `"none"`.
   */
  readonly compat?: 'none' | 'openmixup';
}

/** Parameters of SuperMix, as an author gives them. */
export interface SuperMixParams {
  /** lam ~ Beta(alpha, alpha) for each sample: a Dirichlet draw for two. Range: > 0 and ≤ 1e+30. Default: `3`. */
  readonly alpha?: number;
  /** Side of the grid that masks are found on; 8 for images of 32 pixels. Range: > 0 and ≤ 1000000. Default: `16`. */
  readonly maskSize?: number;
  /** Of the Gaussian filter over that grid, in its cells; 2 for ImageNet, 0 for none. Range: ≥ 0 and ≤ 1e+30. Default: `1`. */
  readonly sigma?: number;
  /** Weight of the loss that draws masks to 0 and 1. Range: ≥ 0 and ≤ 1e+30. Default: `25`. */
  readonly sparsity?: number;
  /** Steps for each batch, each a forward and a backward pass of the teacher. Range: > 0 and ≤ 1000000. Default: `50`. */
  readonly iterations?: number;
  /** Side, in pixels, that images are resized to for the teacher; null leaves them as they are. Range: > 0 and ≤ 8192. Default: `null`. */
  readonly teacherSize?: number | null;
  /** The network that the masks are made for. */
  readonly teacher?: Teacher;
}

/** Parameters of TokenMix, as an author gives them. */
export interface TokenMixParams {
  /** Where given, MixUp of this alpha takes some of the batches, as in the method's published recipe. Range: > 0 and ≤ 1e+30. Default: `null`. */
  readonly mixupAlpha?: number | null;
  /** How often it does. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly mixupProbability?: number;
  /** Share of cells that are kept, before `minimumCells` more of them are the partner's. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly lam?: number;
  /** Where given, that share is drawn from Beta(alpha, alpha) instead; from Beta(1, 1) for `compat`. Range: > 0 and ≤ 1e+30. Default: `null`. */
  readonly alpha?: number | null;
  /** Cells along a side. Range: > 0 and ≤ 1000000. Default: `14`. */
  readonly gridSize?: number;
  /** Cells that are the partner's whatever the share. Range: ≥ 0 and ≤ 1000000. Default: `14`. */
  readonly minimumCells?: number;
  /** Draw a mask for each sample instead of one for the batch. Default: `false`. */
  readonly perSample?: boolean;
  /** Side, in pixels, that images are resized to for the teacher. Range: > 0 and ≤ 8192. Default: `224`. */
  readonly teacherSize?: number;
  /** The network that sees classes; it has to have been trained on those of the dataset. */
  readonly teacher?: Teacher;
  /**
   * `openmixup` draws the share, reads attention in place of a teacher's maps and gives all labels of a
   * batch weights by what the mixes hide. Default: `"none"`.
   */
  readonly compat?: 'none' | 'openmixup';
}

/** Parameters of TransMix, as an author gives them. */
export interface TransMixParams {
  /** Where given, MixUp of this alpha takes some of the batches, as in the method's published recipe. Range: > 0 and ≤ 1e+30. Default: `null`. */
  readonly mixupAlpha?: number | null;
  /** How often it does. Range: ≥ 0 and ≤ 1. Default: `0.5`. */
  readonly mixupProbability?: number;
  /** lam ~ Beta(alpha, alpha), the share of the area that is kept, before the box is clipped. Range: > 0 and ≤ 1e+30. Default: `1`. */
  readonly alpha?: number;
  /** Draw a box for each sample instead of one for the batch (the benchmark's way). Default: `false`. */
  readonly perSample?: boolean;
  /** `openmixup` gives every label of a batch the mean of the batch's weights. Default: `"none"`. */
  readonly compat?: 'none' | 'openmixup';
}

/** Parameters of Vanilla, as an author gives them. */
export interface VanillaParams {}

/** Parameters of every method, by the name it has in configs. */
export interface MethodParams {
  /**
   * AdAutoMix: AutoMix of up to three images; every second step its masks are trained to be hard.
   *
   * Paper: https://arxiv.org/abs/2312.11954
   */
  readonly adautomix: AdAutoMixParams;
  /**
   * AlignMix: MixUp, or a mix of the last feature maps with the positions of one aligned to the other's.
   *
   * Paper: https://arxiv.org/abs/2103.15375
   */
  readonly alignmix: AlignMixParams;
  /**
   * AttentiveMix+: the cells of an image that matter to a teacher, on the partner image.
   *
   * Paper: https://arxiv.org/abs/2003.13048
   */
  readonly attentivemix: AttentiveMixParams;
  /**
   * AutoMix: a small network, trained along, makes masks from the features of both images.
   *
   * Paper: https://arxiv.org/abs/2103.13027
   */
  readonly automix: AutoMixParams;
  /**
   * Co-Mixup: groups of images become as many, each made of the salient blocks of several of them.
   *
   * Paper: https://arxiv.org/abs/2102.03065
   */
  readonly comixup: CoMixupParams;
  /**
   * CutMix: a box of the partner image replaces the same box; labels mix by its area.
   *
   * Paper: https://arxiv.org/abs/1905.04899
   */
  readonly cutmix: CutMixParams;
  /**
   * DecoupleMix: a mix by another method; each of the two classes also has to win without the other.
   *
   * Paper: https://arxiv.org/abs/2203.10761
   */
  readonly decouplemix: DecoupleMixParams;
  /**
   * DeiT's switch: MixUp or CutMix, drawn for each batch.
   *
   * Paper: https://arxiv.org/abs/2012.12877
   */
  readonly deit: DeiTParams;
  /**
   * FMix: the partner shows through a mask cut out of low-frequency noise; labels mix by its area.
   *
   * Paper: https://arxiv.org/abs/2002.12047
   */
  readonly fmix: FMixParams;
  /**
   * Saliency Grafting: salient parts of an image, chosen at random, on its partner.
   *
   * Paper: https://arxiv.org/abs/2112.08796
   */
  readonly grafting: SaliencyGraftingParams;
  /**
   * GridMix: each cell of a grid is one image's or its partner's, and the network tells which.
   *
   * Paper: 10.1016/j.patcog.2020.107594
   */
  readonly gridmix: GridMixParams;
  /**
   * GridMixup: the partner shows through a grid of holes in a crop; labels mix by their area.
   *
   * Paper: https://github.com/IlyaDobrynin/GridMixup
   */
  readonly gridmixup: GridMixupParams;
  /**
   * GuidedMixup: every pixel is averaged by how salient it is in each of two images.
   *
   * Paper: https://arxiv.org/abs/2306.16612
   */
  readonly guidedmixup: GuidedMixupParams;
  /**
   * Manifold Mixup: the input, or the features after a stage drawn for each batch, mix as in MixUp.
   *
   * Paper: https://arxiv.org/abs/1806.05236
   */
  readonly manifoldmix: ManifoldMixParams;
  /**
   * MixPro: cells of a grid from either image; labels move from area to attention as the network learns.
   *
   * Paper: https://arxiv.org/abs/2304.12043
   */
  readonly mixpro: MixProParams;
  /**
   * MixUp: a weighted average of two images and of their labels.
   *
   * Paper: https://arxiv.org/abs/1710.09412
   */
  readonly mixup: MixUpParams;
  /**
   * One of several methods, drawn for each batch with the given probabilities.
   *
   * Paper: https://arxiv.org/abs/2012.12877
   */
  readonly oneOf: OneOfParams;
  /**
   * PuzzleMix: a mask shows what is salient in both images, after moving it to where it will be seen.
   *
   * Paper: https://arxiv.org/abs/2009.06962
   */
  readonly puzzlemix: PuzzleMixParams;
  /**
   * RecursiveMix: the mixed batch of the step before, made small, covers a box of the images.
   *
   * Paper: https://arxiv.org/abs/2203.06844
   */
  readonly recursivemix: RecursiveMixParams;
  /**
   * ResizeMix: the whole partner image, made small, covers a part of the image.
   *
   * Paper: https://arxiv.org/abs/2012.11101
   */
  readonly resizemix: ResizeMixParams;
  /**
   * The switch of "ResNet strikes back": MixUp with a small alpha, or CutMix.
   *
   * Paper: https://arxiv.org/abs/2110.00476
   */
  readonly rsb: RSBParams;
  /**
   * SaliencyMix: a box around the partner's most salient pixel replaces the same box of the image.
   *
   * Paper: https://arxiv.org/abs/2006.01791
   */
  readonly saliencymix: SaliencyMixParams;
  /**
   * SAMix: AutoMix with a network that sees both images at once and smooth masks of more contrast.
   *
   * Paper: https://arxiv.org/abs/2111.15454
   */
  readonly samix: SAMixParams;
  /**
   * SMMix: the partner's window that gets most attention covers the image's that gets least.
   *
   * Paper: https://arxiv.org/abs/2212.12977
   */
  readonly smmix: SMMixParams;
  /**
   * SmoothMix: a Gaussian spot of the image, faded into its partner; labels mix by the spot's mean.
   *
   * Paper: CVPRW 2020
   */
  readonly smoothmix: SmoothMixParams;
  /**
   * SuperMix: masks that show a teacher both images, found by its gradient.
   *
   * Paper: https://arxiv.org/abs/2003.05034
   */
  readonly supermix: SuperMixParams;
  /**
   * TokenMix: rectangles of a grid are the partner's; labels mix by where a teacher sees their classes.
   *
   * Paper: https://arxiv.org/abs/2207.08409
   */
  readonly tokenmix: TokenMixParams;
  /**
   * TransMix: CutMix, with labels mixed by the class token's attention to each image's patches.
   *
   * Paper: https://arxiv.org/abs/2111.09833
   */
  readonly transmix: TransMixParams;
  /**
   * No mixing: images and labels pass as they are.
   *
   * Paper: none
   */
  readonly vanilla: VanillaParams;
}
