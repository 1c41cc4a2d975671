import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { execa } from 'execa';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { EXPERIMENT, HalvedLab, HOSTILE, Lab, MANY, names } from './lab.ts';

const CHROMIUM = '/usr/bin/chromium';
const mixlab = resolve(import.meta.dirname, '../../cli/bin/mixlab.mjs');
/** Only that it comes is claimed here; npm run bench measures how soon. */
const PATIENCE = 60_000;

let lab: Lab;
let dashboard: ReturnType<typeof run>;
let url: string;

/** The command line, as it is typed in the lab. */
function run(...args: string[]) {
  return execa(process.execPath, [mixlab, 'dashboard', ...args], { cwd: lab.home, reject: false });
}

beforeAll(async () => {
  lab = new Lab();
  dashboard = run('--open=false');
  url = await new Promise<string>((come, fail) => {
    dashboard.stdout.on('data', (text: Buffer) => come(String(text).trim()));
    void dashboard.then(({ stderr }) => fail(new Error(stderr)));
  });
}, PATIENCE);

afterAll(async () => {
  dashboard.kill('SIGINT');
  expect((await dashboard).exitCode).toBe(0);
  lab.remove();
});

interface Asked {
  readonly status: number | undefined;
  readonly text: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

/** Asks as it is written: no client tidies the path up. Of a stream the first piece. */
function ask(path: string, { method = 'GET', host = new URL(url).host } = {}): Promise<Asked> {
  const { hostname, port } = new URL(url);
  return new Promise((come, fail) => {
    const asked = request({ hostname, port, path, method, headers: { host } }, (response) => {
      const { statusCode: status, headers } = response;
      let text = '';
      const done = () => (come({ status, text, headers }), response.destroy());
      response.on('data', (piece: Buffer) => {
        text += String(piece);
        if (String(headers['content-type']).includes('event-stream') && text.includes('data:')) done();
      });
      response.on('end', done);
    });
    asked.on('error', fail).end();
  });
}

describe('the server', () => {
  it('answers on 127.0.0.1 to those who know the token, and forbids the page all but its own', async () => {
    const { status, headers } = await ask(new URL(url).pathname);
    expect(status).toBe(200);
    expect(new URL(url).hostname).toBe('127.0.0.1');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe');
    const { port, pathname } = new URL(url);
    expect((await ask(pathname, { host: `localhost:${Number(port) + 1}` })).status).toBe(200);
  });

  it('refuses other hosts, other tokens and other methods', async () => {
    const { pathname } = new URL(url);
    for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80'])
      expect(await ask(pathname, { host })).toMatchObject({
        status: 403,
        text: expect.stringMatching(/127/),
      });
    const wrong = `/${pathname.slice(1, -2)}${pathname.at(-2) === 'A' ? 'B' : 'A'}/`;
    for (const path of ['/', '/overview', wrong, `${wrong}overview`, pathname.slice(0, -1)])
      expect(await ask(path)).toMatchObject({ status: 403, text: expect.stringMatching(/token/) });
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect(await ask(pathname, { method })).toMatchObject({ status: 405 });
  });

  it('leads nowhere outside of what it shows', async () => {
    const { pathname } = new URL(url);
    const inside = [
      '../../../etc/passwd',
      '..%2f..%2fetc/passwd',
      '%2e%2e/%2e%2e/etc/passwd',
      '/etc/passwd',
      'run?experiment=../..&run=etc',
      `run?experiment=${EXPERIMENT}&run=../${names.vanilla}`,
      `run?experiment=${EXPERIMENT}&run=__proto__`,
      `output?experiment=${EXPERIMENT}&run=${names.vanilla}&trial=1/../../x`,
    ];
    for (const path of inside) expect((await ask(`${pathname}${path}`)).status, path).toBe(404);
    const output = await ask(`${pathname}output?experiment=${EXPERIMENT}&run=${names.cutmix}&trial=1`);
    expect(output.text).toContain('event: refused');
    expect(output.text).not.toContain('root:');
    const view = await ask(`${pathname}run?experiment=${EXPERIMENT}&run=${names.cutmix}`);
    expect(view.text).toContain('not JSON, left out (line 1)');
    expect(view.text).not.toContain('secret');
  });
});

describe('bad input', () => {
  it.each([
    [['--port=70000'], 2, /--port: expected a port, 0 to 65535/],
    [['--experiment=imagenet/pytorchstyle'], 2, /Did you mean imagenet\/pytorch-style\?/],
  ])('%j', async (args, exitCode, message) => {
    const done = await run(...args);
    expect(done.stderr).toMatch(message);
    expect(done.exitCode).toBe(exitCode);
  });
});

it('work folders that cannot be read are said to be, and the rest is there', async () => {
  const { exitCode, stdout, stderr } = await run('--export', 'loop.html', '--work-dir', 'loop');
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'loop.html' });
  expect(stderr).toContain(`mixlab dashboard: ${join(lab.home, 'loop', EXPERIMENT)} cannot be read (ELOOP)`);
});

describe.skipIf(!existsSync(CHROMIUM))(`in Chromium (skipped without ${CHROMIUM})`, () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    browser = await chromium.launch({ executablePath: CHROMIUM, args, timeout: PATIENCE });
    context = await browser.newContext({ viewport: { width: 1300, height: 1000 } });
    context.setDefaultTimeout(PATIENCE);
    page = await context.newPage();
    await page.clock.install();
    for (const each of [page]) watchComplaints(each);
    await page.goto(url);
  }, PATIENCE);

  afterAll(async () => {
    await browser?.close();
    expect(complaints).toEqual([]);
  });

  function watchComplaints(of: Page): void {
    of.on('pageerror', (error) => complaints.push(error.message));
    of.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  }

  /** Rules that axe finds broken, of those that matter, by light and by dark. */
  async function violations(of: Page): Promise<string[]> {
    const found: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await of.emulateMedia({ colorScheme });
      // As the debugger does: the page's own policy lets no script in.
      await of.evaluate(axe.source);
      const { violations: broken } = await of.evaluate(() =>
        (window as unknown as typeof globalThis & { axe: typeof axe }).axe.run(),
      );
      for (const { id, impact, nodes } of broken)
        if (impact === 'serious' || impact === 'critical')
          found.push(`${colorScheme} ${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    }
    return found;
  }

  it('shows how far all is, and no more rows than are in sight', async () => {
    await page.getByText('4 trials: 1 failed, 1 running, 1 planned, 1 completed').waitFor();
    await page.getByRole('grid', { name: 'Trials' }).waitFor();
    await page.getByText(`3004 of 3004 trials`).waitFor();
    expect(await page.getByRole('row').count()).toBeLessThan(120);
    await page.getByRole('progressbar', { name: names.mixup }).waitFor();
    expect(await page.getByRole('img').getAttribute('aria-label')).toContain(
      `${names.mixup}, trial 1 64.40 at 40`,
    );
    expect(await violations(page)).toEqual([]);
  });

  it('filters and sorts', async () => {
    await page.getByLabel('Filter').fill('cutmix imagenet');
    await page.getByText('1 of 3004 trials').waitFor();
    expect(await page.getByRole('grid').getByRole('link').allTextContents()).toEqual([names.cutmix]);
    await page.getByLabel('Filter').fill('resnet18');
    await page.getByRole('checkbox', { name: /planned/ }).uncheck();
    await page.getByText('3 of 3004 trials').waitFor();
    await page.getByRole('button', { name: 'metric' }).click();
    await page.locator('[role=columnheader][aria-sort=ascending]').waitFor();
    expect(await page.getByRole('grid').getByRole('link').allTextContents()).toEqual([
      names.cutmix,
      names.mixup,
      names.vanilla,
    ]);
    await page.getByRole('checkbox', { name: /planned/ }).check();
    await page.getByLabel('Filter').fill('');
  });

  it('goes through thousands of rows, and opens a run, by keyboard', async () => {
    await page.getByLabel('Filter').fill('many');
    const rows = page.getByRole('grid');
    await rows.focus();
    await page.keyboard.press('End');
    await page.getByRole('link', { name: `many-${MANY.runs - 1}-` }).waitFor();
    await page.getByLabel('Filter').fill('mixup');
    await rows.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: names.mixup }).waitFor();
  });

  it('shows what a training prints as it prints it, and a state as it changes', async () => {
    const output = page.getByRole('log');
    await output.getByText('started mixup').waitFor();
    // Nothing asks for it: the page's timers stand still, and it sends no request. How soon it comes, npm run bench says.
    const asked: string[] = [];
    const note = (each: Request) => asked.push(each.url());
    await page.clock.pauseAt(Date.now() + 60_000);
    await page.evaluate(() => (document.title = 'the same document'));
    page.on('request', note);
    lab.append(`${lab.directory('mixup')}/attempts/1.log`, 'epoch 41, step 3\n');
    await output.getByText('epoch 41, step 3').waitFor();
    page.off('request', note);
    expect({ asked, title: await page.title() }).toEqual({ asked: [], title: 'the same document' });
    await page.clock.resume();

    lab.writeTrial('mixup', 'completed', 100);
    await page.getByRole('cell', { name: 'completed', exact: true }).waitFor();
    await page.getByText('1 of 1 trials completed').waitFor();
    await page.getByRole('cell', { name: 'top1 70.40' }).waitFor();
  });

  it('shows what varies, where it was trained, and why it failed, as text', async () => {
    await page.getByRole('cell', { name: '4 × NVIDIA A100' }).waitFor();
    await page.getByRole('rowheader', { name: 'mixMode', exact: true }).waitFor();
    await page.getByText(/^All 6 values, of .*config\.json$/).click();
    await page.getByRole('rowheader', { name: 'optimizer.lr' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Mark for a comparison' }).click();
    await page.evaluate(
      (hash) => (location.hash = hash),
      `#/run/${encodeURIComponent(EXPERIMENT)}/${names.cutmix}`,
    );
    await page.getByText(`the loss is nan: ${HOSTILE}`).waitFor();
    await page.getByText('it leads out of the work folder').waitFor();
  });

  it('puts two runs side by side', async () => {
    await page.getByRole('link', { name: `Compare with ${names.mixup}` }).click();
    await page.getByRole('heading', { level: 1, name: 'Two runs side by side' }).waitFor();
    await page.getByText('Where their configs differ').waitFor();
    expect(await page.locator('tbody tr').allTextContents()).toEqual([
      'trials1 of 1 trials completed0 of 1 trials completed',
      'mixMode.namemixupcutmix',
    ]);
    expect(await page.getByRole('img').getAttribute('aria-label')).toMatch(
      /mixup.* 70\.40 at 100; .*cutmix.* 60\.70 at 3/,
    );
    expect(await violations(page)).toEqual([]);
  });

  it('has the table with published figures', async () => {
    await page.getByRole('navigation').getByRole('link', { name: EXPERIMENT }).click();
    await page.getByRole('cell', { name: '70.40 70.04 +0.36 ▲' }).waitFor();
    await page.getByRole('cell', { name: /^failed/ }).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('takes up a plan that is generated while it runs', async () => {
    lab.write(
      'generated/many/plan.json',
      JSON.stringify({ ...JSON.parse(lab.read('generated/many/plan.json')), runs: [] }),
    );
    await page.goto(`${url}#/`);
    await page.getByText('4 of 4 trials').waitFor();
  });

  it('shows the rungs of a halving, and whom it left out, when they are decided', async () => {
    const halved = new HalvedLab();
    onTestFinished(() => halved.remove());
    const served = execa(process.execPath, [mixlab, 'dashboard', '--open=false', '--experiment=halved'], {
      cwd: halved.home,
      reject: false,
    });
    onTestFinished(() => void served.kill('SIGINT'));
    const address = await new Promise<string>((come) => {
      served.stdout.on('data', (text: Buffer) => come(String(text).trim()));
    });
    const watched = await context.newPage();
    watchComplaints(watched);
    await watched.goto(address);
    await watched.getByText('3 trials: 3 paused').waitFor();
    await watched.getByText('halving by top1: now 3 to epoch 2, 1 to epoch 100').waitFor();
    expect(await watched.getByText(/left out/).count()).toBe(0);
    halved.decide();
    await watched.getByText('halving by top1: 3 to epoch 2, now 1 to epoch 100').waitFor();
    await watched.getByText('3 trials: 1 running, 2 paused').waitFor();
    expect(await watched.getByRole('gridcell', { name: 'left out after epoch 2' }).count()).toBe(2);
    expect(await violations(watched)).toEqual([]);
    await watched.getByRole('grid').getByRole('link', { name: halved.runs[0]!.name }).click();
    await watched.getByRole('cell', { name: 'left out after epoch 2' }).waitFor();
    await watched.close();
  });

  it('is exported as one file that opens from disk and asks nobody', async () => {
    lab.write('out/.keep', '');
    const { stdout } = await run('--export', 'out/run page.html');
    expect(stdout).toBe('out/run page.html');
    const exported = await context.newPage();
    watchComplaints(exported);
    const asked: string[] = [];
    exported.on('request', (each) => asked.push(new URL(each.url()).protocol));
    await exported.goto(pathToFileURL(join(lab.home, stdout)).href);
    await exported.getByText('4 trials: 1 failed, 1 planned, 2 completed').waitFor();
    await exported.getByRole('grid').getByRole('link', { name: names.cutmix }).click();
    await exported.getByText(`the loss is nan: ${HOSTILE}`).waitFor();
    await exported.getByRole('navigation').getByRole('link', { name: EXPERIMENT }).click();
    await exported.getByRole('cell', { name: '70.40 70.04 +0.36 ▲' }).waitFor();
    await exported.getByRole('link', { name: '70.40' }).first().click();
    await exported.getByText('started vanilla').waitFor();
    expect(await exported.title()).toMatch(/^mixlab dashboard .* – Mixlab$/);
    expect(new Set(asked.filter((protocol) => protocol !== 'data:'))).toEqual(new Set(['file:']));
  });
});
