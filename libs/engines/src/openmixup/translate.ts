import type { RunConfig } from '@mixlab/catalog';
import type { JsonObject } from '@mixlab/contracts';
import type { Translation } from '../engine.ts';
import { blockMethod, blockModel, blockSchedule } from './block-model.ts';
import { dataSettings, findDataset, sharesOf } from './data.ts';
import { mixupModel } from './mixup-model.ts';
import { Refusals } from './refusals.ts';
import { hooks, optimizerSettings, precisionSettings, scheduleSettings } from './training.ts';

export interface TranslateOptions {
  /** GPUs that share a step. */
  readonly gpus: number;
  /** OpenMixup's own settings where ours differ on purpose. */
  readonly strict: boolean;
}

/** What all of OpenMixup's configs say of how a training runs. */
const runtime: JsonObject = Object.freeze({
  train_cfg: {},
  test_cfg: {},
  dist_params: { backend: 'nccl' },
  log_level: 'INFO',
  load_from: null,
  resume_from: null,
  workflow: [['train', 1]],
  persistent_workers: true,
  opencv_num_threads: 0,
  mp_start_method: 'fork',
});

/**
 * A run config in OpenMixup's terms, flattened, as `mmcv.Config` reads it. Names are those of OpenMixup at commit 37e1372.
 *
 * Of the settings that change nothing in what is trained, `runtime.compile` and `runtime.wandb` are not there.
 */
export function translate(run: RunConfig, { gpus, strict }: TranslateOptions): Translation {
  const refusals = new Refusals();
  const block = blockMethod(run);
  const built = block ? blockModel(run, block, refusals) : mixupModel(run, strict, refusals);
  const facts = findDataset(run, refusals);
  const shares = sharesOf(run, gpus, refusals);
  refusals.when(run.loss.targetThreshold > 0, 'no threshold of targets in binary cross-entropy');
  refusals.when(run.precision === 'bf16' || run.precision === 'tf32', `no precision ${run.precision}`);
  if (!built || !facts) return { reasons: refusals.reasons };
  const { model, backbone } = built;
  refusals.when(
    [model['mix_mode']].flat().includes('mixpro') && shares.perGpu !== run.dataset.classes,
    'mixpro runs there only where a GPU has as many images as there are classes',
  );
  const { optimizer, runtime: watched } = run;
  const config: JsonObject = {
    ...dataSettings(run, facts, shares, gpus, strict, refusals),
    ...runtime,
    log_config: { interval: watched.logEvery, hooks: [{ type: 'TextLoggerHook' }] },
    cudnn_benchmark: !watched.deterministic,
    ...precisionSettings(run, strict),
    find_unused_parameters: block !== undefined && block.switchOff > 0,
    model,
    ...hooks(run, facts, shares, gpus, block, strict, refusals),
    optimizer: optimizerSettings(run, backbone, block, strict, refusals),
    optimizer_config: {
      update_interval: shares.passes,
      grad_clip: optimizer.clipNorm === null ? null : { max_norm: optimizer.clipNorm },
    },
    lr_config: scheduleSettings(run),
    ...(block ? blockSchedule(run, block, strict) : {}),
    runner: { type: 'EpochBasedRunner', max_epochs: run.maxEpochs },
    // Read by the launch scripts: OpenMixup takes its seed from the command line.
    seed: run.seed,
  };
  return refusals.reasons.length > 0 ? { reasons: refusals.reasons } : { config };
}
