import { chmodSync } from 'node:fs';
import { probeCommand } from '@mixlab/launcher';
import { expect, it } from 'vitest';
import { planRun, TrialsLab } from './trials-lab.ts';

/** A Python whose trainings and evaluations have room for so many images at a time; it notes the passes that it tries. */
const LITTLE_ROOM = `#!/usr/bin/env bash
[ "$3" != --list-gpus ] || exit 0
while [ $# -gt 0 ]; do
  case $1 in
    *.json) config=$1 ;;
    --result) result=$2; shift ;;
  esac
  shift
done
number() { sed -n "s/.*\\"$1\\": *\\([0-9]*\\).*/\\1/p" "$config"; }
batch=$(number batchSize)
pass=$(number gpuBatchSize)
pass=\${pass:-$batch}
echo "$pass" >>"$TRIED"
error=null place=null step=0.5
if [ "$pass" -gt "$ROOM" ]; then
  error="\\"rank 0 of 2: out of memory in epoch 1, step 1: does not fit; set runtime.gpuBatchSize to 1\\""
  place='"step"' step=null
elif images=$(number testBatchSize) && [ "\${images:-$batch}" -gt "$EVALUATION_ROOM" ]; then
  error="\\"out of memory in an evaluation: does not fit; set testBatchSize to less\\"" place='"evaluation"'
fi
cat >"$result" <<END
{"state": "completed", "error": $error, "noRoomFor": $place, "device": "cpu", "ranks": 1, "passes": $((batch / pass)),
 "imagesPerPass": $pass, "stepsPerEpoch": 9, "secondsPerStep": $step, "secondsPerEvaluation": 1, "memoryBytes": 1}
END
`;

async function probe(batchSize: number, room: number, roomToEvaluate = Infinity) {
  const lab = new TrialsLab([planRun('a', { config: 'a.json', trials: 1 })]);
  const config = {
    backbone: 'resnet8',
    mixMode: { name: 'mixup' },
    maxEpochs: 4,
    batchSize,
    runtime: { workers: 0 },
  };
  lab.write('generated/digits/a.json', JSON.stringify(config));
  const python = lab.write('python', LITTLE_ROOM);
  chmodSync(python, 0o755);
  const tried = lab.write('tried', '');
  lab.env = {
    PATH: process.env['PATH'] ?? '',
    MIXLAB_PYTHON: python,
    ROOM: String(room),
    EVALUATION_ROOM: String(Math.min(roomToEvaluate, 1e9)),
    TRIED: tried,
  };
  const { exitCode, stderr } = await lab.run(probeCommand, {});
  return { exitCode, stderr, tried: lab.read('tried').trim().split('\n').map(Number), lab };
}

it.each<[batch: number, room: number, fits: number, tried: number[]]>([
  [256, 256, 256, [256]],
  [256, 255, 128, [256, 16, 64, 128]],
  [256, 8, 8, [256, 16, 4, 8]],
  [1396, 400, 349, [1396, 349, 698]],
])('of a batch of %i, where %i images have room, a pass of %i fits', async (batch, room, fits, expected) => {
  const { exitCode, stderr, tried, lab } = await probe(batch, room);
  expect(tried).toEqual(expected);
  const { probes } = JSON.parse(lab.read('work_dirs/digits/.probe.json'));
  if (fits === batch) return expect([exitCode, stderr]).toEqual([0, '']);
  const title = `mixlab probe: digits: 1 of 1: resnet8 with mixup, batch ${batch}:`;
  expect([exitCode, stderr]).toEqual([
    1,
    `${title} does not work: rank 0 of 2: out of memory in epoch 1, step 1: does not fit\n` +
      `${title} the most that fits is a pass of ${fits} images: set runtime.gpuBatchSize to ${fits}, which takes the ` +
      `${batch} images of a process in ${batch / fits} passes: 0.5 s/step, 9 steps an epoch, 1 s an evaluation, ` +
      '0.0 GiB, on the CPU\n',
  ]);
  expect(probes[0].config.runtime).toEqual({ workers: 0, gpuBatchSize: fits });
});

it('finds how many images an evaluation has room for, with a pass that fits or beside one', async () => {
  const both = await probe(256, 100, 40);
  expect(both.tried).toEqual([256, 16, 16, 16, 16, 64, 128]);
  expect(both.stderr).toContain(
    'in 4 passes; an evaluation of 32 images at a time fits: set testBatchSize to 32: 0.5 s/step',
  );
  const kept = JSON.parse(both.lab.read('work_dirs/digits/.probe.json')).probes[0].config;
  expect(kept).toMatchObject({ testBatchSize: 32, runtime: { gpuBatchSize: 64 } });
  const alone = await probe(256, 256, 40);
  expect(alone.stderr).toMatch(
    /: an evaluation of 32 images at a time fits: set testBatchSize to 32: 0.5 s\/step/,
  );
  expect((await probe(256, 100, 0)).stderr).toContain('out of memory in an evaluation');
});

it('says so where not even two images have room, or where the batch can be cut into no equal passes', async () => {
  for (const [batch, tried] of [
    [256, [256, 16, 4, 2]],
    [251, [251]],
  ] as const) {
    const found = await probe(batch, 1);
    expect(found.tried).toEqual(tried);
    expect(found.stderr).toContain(
      'no smaller pass of two images or more fits: take smaller images, a smaller network',
    );
  }
});
