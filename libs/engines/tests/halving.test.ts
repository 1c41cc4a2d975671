import { chmodSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Lab, planOf, write } from './lab.ts';

const python = join(import.meta.dirname, '../../../.venv/bin/python');
const env = { HALVING_PYTHON: python };

/** Epochs 1, 2 and 4 for six runs, three and one. */
const halving = { metric: 'top1', goal: 'max', eta: 2, rungs: [1, 2, 4] } as const;
const names = ['a-30', 'b-50', 'c-60', 'd-50', 'e-10', 'f-70'];

/** Bash of a training whose top-1 is the number in its run's name, and that goes on where its status says. `at` runs at its places. */
const training = (at = 'at() { :; }') => `
  ${at}
  until=4 epoch=0 run=\${directory%/*} run=\${run##*/}
  for ((i = 0; i < $#; i++)); do
    [ "\${arguments[i]}" != --until-epoch ] || until=\${arguments[i + 1]}
  done
  [ ! -f "$directory/status.json" ] || epoch=$(sed -n 's/.*"epoch": \\([0-9]*\\).*/\\1/p' "$directory/status.json")
  status running "$epoch"
  while [ "$epoch" -lt "$until" ]; do
    epoch=$((epoch + 1))
    at 1
    printf '{"mode": "val", "attempt": %s, "epoch": %s, "top1": %s}\\n' "$start" "$epoch" "\${run#*-}" >>"$directory/log.jsonl"
    at 2
    status running "$epoch"
    printf '%s %s\\n' "$run.$trial" "$epoch" >>"$FAKE/trained"
    at 3
  done
  [ "$until" -eq 4 ] || { status paused "$epoch"; exit 0; }
  status completed "$epoch"
  exit 0`;

function halvedLab(runs: Parameters<typeof planOf>[1] = names, at?: string): Lab {
  const lab = new Lab(planOf('e', runs, 0, halving));
  lab.behave(training(at));
  return lab;
}

/** What was decided, rung by rung: the runs that went on, and the others behind a stroke. */
function decisions(lab: Lab): string[] {
  const folder = join(lab.home, 'work_dirs/e/.halving');
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const { runs } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
        runs: { name: string; goesOn: boolean }[];
      };
      const named = (goesOn: boolean) => runs.filter((run) => run.goesOn === goesOn).map(({ name }) => name);
      return `${named(true).join(' ')} | ${named(false).join(' ')}`;
    });
}

const decided = ['f-70 c-60 b-50 | d-50 a-30 e-10', 'f-70 | c-60 b-50'];

describe('local.sh of a halved experiment', () => {
  it('trains each rung from where the one before paused, and of equals the first in the plan', async () => {
    const lab = halvedLab();
    const { code, output } = await lab.run(['-j', '2'], { env });
    expect(code, output).toBe(0);
    expect(decisions(lab)).toEqual(decided);
    expect(lab.trained().sort()).toEqual(
      ['a-30.1 1', 'b-50.1 1', 'b-50.1 2', 'c-60.1 1', 'c-60.1 2', 'd-50.1 1', 'e-10.1 1'].concat(
        [1, 2, 3, 4].map((epoch) => `f-70.1 ${epoch}`),
      ),
    );
    expect(output.split('\n').filter((line) => /rung|epoch|completed/.test(line))).toEqual([
      '[TIME] rung 1 of 3: 6 of 6 runs to epoch 1, then the best 3 go on',
      ...Array.from({ length: 6 }, () => expect.stringMatching(/pause .* after epoch 1 {2}top-1 \d0.00$/)),
      '[TIME] rung 2 of 3: 3 of 6 runs to epoch 2, then the best 1 go on',
      ...Array.from({ length: 3 }, () => expect.stringMatching(/pause .* after epoch 2 {2}top-1 \d0.00$/)),
      '[TIME] rung 3 of 3: 1 of 6 runs to epoch 4',
      '[TIME] 1 completed, 0 skipped, 0 failed, 9 paused after a rung  (TOOK)',
    ]);
    // There is nothing left to do, and nothing is decided anew.
    expect(await lab.run(['-n'], { env })).toEqual({
      code: 0,
      output:
        '[TIME] rung 3 of 3: 1 of 6 runs to epoch 4\n[TIME] skip   f-70 trial 1: completed\n' +
        '[TIME] dry run: 0 to run, 1 skipped\n',
    });
  });

  it('decides the same, however often script, training and decision are killed', async () => {
    // Every other training dies, before or behind its log line or its status; so does the script at some of the decisions.
    const kill = `
      p=$$ script=''
      while p=$(($(ps -o ppid= -p "$p"))) && [ "$p" -gt 1 ]; do
        case $(ps -o args= -p "$p") in *launch/local.sh*) script=$p ;; esac
      done
      kill -9 "$script"`;
    const lab = halvedLab(
      names.slice(0, 4),
      `number=$(wc -l <"$FAKE/timeline")
       at() { [ $((number % 8)) -ne "$1" ] || { ${kill}; kill -9 $$; }; }`,
    );
    writeFileSync(
      join(lab.fake, 'after-halving'),
      `#!/usr/bin/env bash\nfake=\${0%/*}\necho >>"$fake/halvings"\n[ $(($(wc -l <"$fake/halvings") % 4)) -ne 1 ] || { ${kill}; }\n`,
    );
    chmodSync(join(lab.fake, 'after-halving'), 0o755);
    let starts = 0;
    let code: number | string = 'SIGKILL';
    let output = '';
    for (; code === 'SIGKILL' && starts < 40; starts += 1) ({ code, output } = await lab.run([], { env }));
    expect(code, output).toBe(0);
    expect(starts).toBeGreaterThan(3);
    expect(decisions(lab)).toEqual(['c-60 b-50 | d-50 a-30', 'c-60 | b-50']);
    expect(lab.trained()).toContain('c-60.1 4');
  });

  it('takes a run whose trials do not all train for the worst, tells so, and averages trials', async () => {
    const lab = halvedLab([
      { name: 'a-90', trials: 2 },
      { name: 'b-50', trials: 2 },
      { name: 'c-40', trials: 2 },
      'd-20',
    ]);
    const failing = `[ "\${directory#*a-90/trial}" != 2 ] || { status failed 0; exit 1; }`;
    lab.behave(failing + training());
    const first = await lab.run(['--retries', '1', '--retry-delay', '0'], { env });
    // It failed, and was not chosen for that: the search has its outcome.
    expect(first.code, first.output).toBe(0);
    expect(first.output).toMatch(
      /2 completed, 0 skipped, 1 failed \(1 not chosen\), 10 paused after a rung .*\n +a-90 trial 2 failed 2 times/,
    );
    expect(decisions(lab)).toEqual(['b-50 c-40 | d-20 a-90', 'b-50 | c-40']);
    expect(lab.trained().filter((line) => line.endsWith(' 4'))).toEqual(['b-50.1 4', 'b-50.2 4']);
    // What was decided holds, even if the training would work by now.
    lab.behave(training());
    expect(await lab.run([], { env })).toMatchObject({ code: 0 });
    expect(lab.trained()).not.toContain('a-90.2 1');
  });

  it('ends with 1 where a trial of the last rung failed, and where no run is left', async () => {
    const lab = halvedLab();
    const failing = `! grep -qs '"epoch": 2' "$directory/status.json" || { status failed 2; exit 1; }`;
    lab.behave(failing + training());
    const last = await lab.run([], { env });
    expect(last.code, last.output).toBe(1);
    expect(last.output).toMatch(
      /0 completed, 0 skipped, 1 failed, .*\n +f-70 trial 1 failed with exit code 1/,
    );
    lab.behave(training());
    expect(await lab.run([], { env })).toMatchObject({ code: 0 });

    const none = halvedLab(['a-30', 'b-50']);
    none.behave('status failed 0; exit 1');
    const { code, output } = await none.run([], { env });
    expect(code, output).toBe(1);
    expect(output).toContain('rung 2 of 3: no run is left, for all failed or were cancelled');
    none.behave(training());
    expect(await none.run([], { env })).toMatchObject({ code: 1 });
  });

  it('decides a rung only when all of it is there, whatever was selected', async () => {
    const lab = halvedLab();
    const { output } = await lab.run(['--only', '[a-e]*'], { env });
    expect(output).toContain('0 completed, 0 skipped, 0 failed, 5 paused after a rung');
    expect((await lab.run(['--only', 'nobody'], { env })).output).toContain(
      'no run has a name that --only matches',
    );
    expect((await lab.run([], { env })).output).toContain('5 skipped');
    expect(decisions(lab)).toEqual(decided);
  });

  it('refuses to go on with other runs than the rung was decided for, until it may be decided anew', async () => {
    const lab = halvedLab();
    await lab.run([], { env });
    write(lab.folder, planOf('e', [...names, 'g-65'], 0, halving));
    const refused = await lab.run([], { env });
    expect(refused).toEqual({
      code: 2,
      output: expect.stringMatching(
        /rung-1\.json: was decided before the experiment changed: 1 run.* move its folder away/,
      ),
    });
    renameSync(join(lab.home, 'work_dirs/e/.halving'), join(lab.home, 'halving-before'));
    const { code, output } = await lab.run([], { env });
    expect(code, output).toBe(0);
    expect(decisions(lab)).toEqual(['f-70 g-65 c-60 | b-50 d-50 a-30 e-10', 'f-70 | g-65 c-60']);
    // Only the new run was trained: the results of the others were there.
    expect(lab.trained().slice(11)).toEqual(['g-65.1 1', 'g-65.1 2']);
  });
});
