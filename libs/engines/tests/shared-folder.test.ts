import { describe, expect, it } from 'vitest';
import { Lab, planOf } from './lab.ts';

const three = () => new Lab(planOf('e', ['a-1', 'b-2', 'c-3']));

/** Bash for the training of one run: it writes the status of another one's directory. */
const says = (run: string, state: string) =>
  `(directory=\${directory%/*/*}/${run}/trial1 config=\${config%/*}/${run}.json; status ${state})`;

const starts = (lab: Lab) => lab.timeline().filter((event) => event.startsWith('start')).length;

describe('what another process trains', () => {
  it('is left to it, and said', async () => {
    const lab = three();
    lab.behave('case $directory in */b-2/*) exit 3 ;; esac');
    const { code, output } = await lab.run();
    expect(code).toBe(0);
    expect(output).toContain('later  b-2 trial 1: another process trains it');
    expect(output).toContain('2 completed, 0 skipped, 0 failed, 1 trained elsewhere  (TOOK)');
    expect(starts(lab)).toBe(3);
  });

  it('is asked for at the end, where another script began it meanwhile and shows no sign of life', async () => {
    const lab = three();
    lab.behave(`case $directory in */a-1/*) ${says('b-2', 'running')} ;; esac`);
    const { code, output } = await lab.run();
    expect(code).toBe(0);
    expect(output).toContain('3 completed, 0 skipped, 0 failed  (TOOK)');
    expect(output.indexOf('start  c-3')).toBeLessThan(output.indexOf('start  b-2'));
  });

  it('is not asked for while its heart beats', async () => {
    const lab = three();
    lab.behave(`
      case $directory in
        */a-1/*) ${says('b-2', 'running')} ;;
        */c-3/*) ${says('b-2', 'running')}; echo >>"\${directory%/*/*}/b-2/trial1/status.json" ;;
      esac`);
    const { code, output } = await lab.run();
    expect(code).toBe(0);
    expect(output).toContain('2 completed, 0 skipped, 0 failed, 1 trained elsewhere');
    expect(starts(lab)).toBe(2);
  });

  it.each(['interrupted', 'failed'])('is taken up when it was %s there', async (state) => {
    const lab = three();
    lab.behave(`
      case $directory in
        */b-2/*) [ "$start" -gt 1 ] || exit 3 ;;
        */c-3/*) ${says('b-2', state)} ;;
      esac`);
    const { code, output } = await lab.run();
    expect(code).toBe(0);
    expect(output).toContain('3 completed, 0 skipped, 0 failed  (TOOK)');
  });

  it('is skipped when it was completed there', async () => {
    const lab = three();
    lab.behave(`
      case $directory in
        */b-2/*) exit 3 ;;
        */c-3/*) ${says('b-2', 'completed')} ;;
      esac`);
    const { code, output } = await lab.run();
    expect(code).toBe(0);
    expect(output).toContain('skip   b-2 trial 1: completed');
    expect(output).toContain('2 completed, 1 skipped, 0 failed  (TOOK)');
  });

  it('is waited for with --wait, and asked for again when it has been silent', async () => {
    const lab = three();
    lab.behave('case $directory in */b-2/*) [ "$start" -gt 1 ] || exit 3 ;; esac');
    const { code, output } = await lab.run(['--wait'], { env: { MIXLAB_HEARTBEAT: '0.1' } });
    expect(code).toBe(0);
    expect(output).toContain('3 completed, 0 skipped, 0 failed  (TOOK)');
  });

  it('is not waited for once the script is asked to stop', async () => {
    const lab = three();
    lab.behave('case $directory in */b-2/*) exit 3 ;; esac');
    const { code, output } = await lab.run(['--wait', '--max-hours', '0.001']);
    expect(code).toBe(75);
    expect(output).toContain('2 completed, 0 skipped, 0 failed, 1 trained elsewhere');
  });
});

it('two scripts drain one folder: every trial is trained once', async () => {
  const runs = Array.from({ length: 24 }, (_, run) => `run-${run}`);
  const lab = new Lab(planOf('e', runs));
  lab.behave(`
    mkdir -p "$directory"
    mkdir "$directory/lock" 2>/dev/null || exit 3
    trap 'note end; rmdir "$directory/lock"' EXIT
    grep -q completed "$directory/status.json" 2>/dev/null && exit 0
    status running
    echo "$directory" >>"$FAKE/trained"
    sleep 0.05`);
  const both = await Promise.all([lab.run(['-j', '2', '--wait']), lab.run(['-j', '2', '--wait'])]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  for (const { output } of both) expect(output).toMatch(/\d+ completed, \d+ skipped, 0 failed {2}\(/);
  expect(lab.trained()).toHaveLength(runs.length);
  expect(new Set(lab.trained()).size).toBe(runs.length);
});
