import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PlanFile, PlanRun } from '@mixlab/contracts';
import { thisProcess } from '@mixlab/results';

/** An experiment with published figures, and one with more runs than a screen has rows for. */
export const EXPERIMENT = 'imagenet/pytorch-style';
export const MANY = { experiment: 'many', runs: 3000 };
const EPOCHS = 100;
/** What no page may take for markup. */
export const HOSTILE = `</script><script>document.title='taken'</script><img src=x onerror="document.title='taken'">`;

export const methods = ['vanilla', 'mixup', 'cutmix', 'fmix'] as const;
type Method = (typeof methods)[number];

export const names: Readonly<Record<Method, string>> = {
  vanilla: 'resnet18-vanilla-ep100-10101010',
  mixup: 'resnet18-mixup-ep100-a0.2-21212121',
  cutmix: 'resnet18-cutmix-ep100-a0.2-32323232',
  fmix: 'resnet18-fmix-ep100-a0.2-43434343',
};

const hashOf = (method: Method) => names[method].slice(-2).repeat(32);

/** A workspace whose path holds a blank: one run completed, one training in this very process, one failed, one planned. */
export class Lab {
  readonly home = mkdtempSync(join(tmpdir(), 'mixlab dashboard '));

  constructor() {
    this.write('configs/package.json', '{}');
    this.write(`generated/${EXPERIMENT}/plan.json`, JSON.stringify(plan(EXPERIMENT, methods.map(planRun))));
    const many = Array.from({ length: MANY.runs }, (_, index) => manyRun(index));
    this.write(`generated/${MANY.experiment}/plan.json`, JSON.stringify(plan(MANY.experiment, many)));
    this.writeTrial('vanilla', 'completed', EPOCHS);
    this.writeTrial('mixup', 'running', 40);
    this.writeTrial('cutmix', 'failed', 3);
    const cutmix = join(this.home, this.directory('cutmix'));
    this.write(
      `${this.directory('cutmix')}/log.jsonl`,
      `garbage\n${this.read(`${this.directory('cutmix')}/log.jsonl`)}`,
    );
    // Somebody's idea of reading what is none of her business.
    symlinkSync('/etc/passwd', join(cutmix, 'attempts/2.log'));
    this.write('outside/provenance.json', JSON.stringify({ ...provenance('cutmix'), host: 'secret' }));
    rmSync(join(cutmix, 'provenance.json'));
    symlinkSync(join(this.home, 'outside/provenance.json'), join(cutmix, 'provenance.json'));
    // Nobody can read what leads to itself.
    symlinkSync('loop', join(this.home, 'loop'));
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.home, path)), { recursive: true });
    writeFileSync(join(this.home, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.home, path), 'utf8');
  }

  append(path: string, text: string): void {
    appendFileSync(join(this.home, path), text);
  }

  directory(method: Method): string {
    return `work_dirs/${EXPERIMENT}/${names[method]}/trial1`;
  }

  /** A trial that has evaluated `epochs` of 100 epochs, and stands at 70.40 after all of them. */
  writeTrial(method: Method, state: 'running' | 'completed' | 'failed', epochs: number): void {
    const directory = this.directory(method);
    const lines = Array.from({ length: epochs }, (_, past) => evaluation(past + 1));
    this.write(`${directory}/config.json`, JSON.stringify(config(method)));
    this.write(`${directory}/log.jsonl`, `{"mode":"env","attempt":1,"stepsPerEpoch":10}\n${lines.join('')}`);
    this.write(`${directory}/provenance.json`, JSON.stringify(provenance(method)));
    this.write(`${directory}/attempts/1.log`, `started ${method}\n`);
    this.write(`${directory}/status.json`, status(method, state, epochs));
  }
}

/** Runs of an experiment of which the best one goes on after epoch 2; all have come that far. */
export class HalvedLab extends Lab {
  readonly experiment = 'halved';
  readonly runs = Array.from({ length: 3 }, (_, index) => manyRun(index));

  constructor() {
    super();
    const halving = { metric: 'top1', goal: 'max', eta: 3, rungs: [2, EPOCHS] } as const;
    const halved = { ...plan(this.experiment, this.runs), halving };
    this.write(`generated/${this.experiment}/plan.json`, JSON.stringify(halved));
    for (const { name, hash } of this.runs) this.writeStatus(name, hash, 'paused');
  }

  /** The last run is the best, and begins to train on. */
  decide(): void {
    const last = this.runs.at(-1)!;
    const runs = this.runs.map((run) => ({ name: run.name, hash: run.hash, goesOn: run === last }));
    this.write(
      `work_dirs/${this.experiment}/.halving/rung-1.json`,
      JSON.stringify({ schemaVersion: 1, rung: 1, epoch: 2, runs }),
    );
    this.writeStatus(last.name, last.hash, 'running');
  }

  private writeStatus(run: string, hash: string, state: string): void {
    const text = JSON.stringify({ ...JSON.parse(status('mixup', state, 2)), hash });
    this.write(`work_dirs/${this.experiment}/${run}/trial1/status.json`, text);
  }
}

function evaluation(epoch: number): string {
  const values = { top1: 60.4 + epoch / 10, top5: 90, loss: 3 - epoch / 50 };
  return `${JSON.stringify({ mode: 'val', epoch, step: epoch * 10, attempt: 1, ...values })}\n`;
}

function status(method: Method, state: string, epoch: number): string {
  return JSON.stringify({
    ...thisProcess(),
    schemaVersion: 1,
    state,
    hash: hashOf(method),
    attempt: 1,
    epoch,
    maxEpochs: EPOCHS,
    heartbeat: 1,
    schedulerJob: null,
    exitCode: state === 'failed' ? 1 : null,
    error: state === 'failed' ? `the loss is nan: ${HOSTILE}` : null,
  });
}

function config(method: Method): object {
  const mixMode = method === 'vanilla' ? { name: method } : { name: method, alpha: 0.2 };
  return { backbone: 'resnet18', maxEpochs: EPOCHS, mixMode, optimizer: { lr: 0.1 }, seed: 0 };
}

function provenance(method: Method): object {
  return {
    hash: hashOf(method),
    attempt: 1,
    gitCommit: 'abcdef0',
    diffDigest: null,
    packages: { torch: '2.13.0' },
    python: '3.11.2',
    platform: 'Linux',
    host: 'node7',
    cpus: 8,
    device: 'NVIDIA A100',
    gpus: 4,
    command: ['python', '-m', 'mixlab.launch', 'config.json'],
  };
}

function planRun(method: Method): PlanRun {
  return {
    name: names[method],
    hash: hashOf(method),
    axes: { mixMode: method, backbone: 'resnet18', maxEpochs: EPOCHS },
    method: method === 'vanilla' ? {} : { alpha: 0.2 },
    config: `configs/resnet18/${method}/${names[method]}.json`,
    trials: 1,
    report: { reducer: 'last', metric: 'top1' },
    selected: true,
  };
}

function manyRun(index: number): PlanRun {
  const hash = index.toString(16).padStart(8, '0').repeat(8);
  return { ...planRun('mixup'), name: `many-${index}-${hash.slice(0, 8)}`, hash };
}

function plan(experiment: string, runs: PlanRun[]): PlanFile {
  return {
    schemaVersion: 2,
    runConfig: { schema: 'mixlab', version: 2 },
    experiment,
    engine: 'mixlab',
    source: { file: `configs/${experiment}.config.ts`, sha256: '0'.repeat(64) },
    launch: { gpusPerRun: 4 },
    runs,
  };
}
