import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Lab, planOf, write } from './lab.ts';

it('completed trials are skipped without a process for each', async () => {
  const names = Array.from({ length: 150 }, (_, run) => `run-${run}`);
  const lab = new Lab(planOf('e', names));
  for (const name of names.slice(2)) lab.leave(lab.directory(name), name, 'completed');
  const { code, output } = await lab.run();
  expect(code).toBe(0);
  expect(output).toContain('2 completed, 148 skipped');
  expect(lab.calls()).toHaveLength(2);
});

it('of thousands of trials those that are asked for come in their order', async () => {
  const places = [0, 1, 999, 1000, 2001, 2202];
  const names = Array.from({ length: 2203 }, (_, run) => `${places.includes(run) ? 'this' : 'no'}-${run}`);
  const lab = new Lab(planOf('e', names));
  const { code, output } = await lab.run(['--only', 'this-*']);
  expect(code).toBe(0);
  expect(output.match(/(?<=start {2}).*(?= trial 1)/g)).toEqual(places.map((run) => `this-${run}`));
  expect(output).toContain('6 completed, 0 skipped');
});

it('a script that is generated anew while it runs goes on with the trials that it began with', async () => {
  const lab = new Lab(planOf('e', ['a-1', 'b-2', 'c-3']));
  lab.behave('until [ -e "$FAKE/go" ]; do sleep 0.05; done');
  const { finished, output } = lab.start();
  while (!output().includes('start  a-1')) await new Promise((resolve) => setTimeout(resolve, 20));
  // As the writer does: another file takes the place.
  renameSync(lab.script, `${lab.script}.old`);
  write(lab.folder, planOf('e', ['x-1', 'y-2']));
  writeFileSync(`${lab.fake}/go`, '');
  const ended = await finished;
  expect(ended.output).toContain('3 completed, 0 skipped, 0 failed');
  expect(ended.output).toMatch(/start {2}c-3 trial 1/);
});

it('run lines that were changed into other commands are refused before anything starts', async () => {
  const lab = new Lab(planOf('e', ['a-1', 'b-2']));
  const text = readFileSync(lab.script, 'utf8');
  writeFileSync(lab.script, text.replace(/^run b-2/m, 'true && run b-2'));
  expect(await lab.run()).toEqual({
    code: 2,
    output:
      "local.sh: of 2 trials 1 have a line that begins with 'run': each has to stand as it was generated\n",
  });
  // Leaving some out is fine.
  writeFileSync(lab.script, text.replace(/^run b-2/m, '# run b-2'));
  appendFileSync(lab.script, '\n');
  expect((await lab.run()).output).toContain('1 completed, 0 skipped');
});

it('of two directories of one trial that is used which got further, else the one of its own name', async () => {
  const lab = new Lab(planOf('e', ['a-1', 'b-2', 'c-3']));
  const renamed = (name: string) => lab.directory(`${name}-under-an-old-name`);
  lab.leave(lab.directory('a-1'), 'a-1', 'interrupted');
  lab.leave(renamed('a-1'), 'a-1', 'completed');
  lab.leave(lab.directory('b-2'), 'b-2', 'interrupted');
  lab.leave(renamed('b-2'), 'b-2', 'interrupted');
  // And one whose name is another trial's.
  lab.leave(lab.directory('c-3'), 'b-2', 'failed');
  lab.leave(renamed('c-3'), 'c-3', 'interrupted');
  const { code, output } = await lab.run();
  expect(code).toBe(0);
  expect(output).toContain('2 completed, 1 skipped');
  expect(
    lab
      .calls()
      .map((call) => call.at(-1))
      .sort(),
  ).toEqual([lab.directory('b-2'), renamed('c-3')].sort());
});
