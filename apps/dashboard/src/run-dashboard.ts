import { once } from 'node:events';
import { resolve } from 'node:path';
import type { CommandIo } from '@mixlab/contracts';
import { shownPath } from '@mixlab/results';
import { sync as writeFileAtomic } from 'write-file-atomic';
import type { DashboardOptions } from './dashboard-options.ts';
import { exportPage } from './export-page.ts';
import { Observatory } from './observatory.ts';
import { readPageFiles } from './page-files.ts';
import { serveDashboard } from './server.ts';
import type { DashboardServer } from './server.ts';

/** See `dashboardCommand`. */
export async function runDashboard(options: DashboardOptions, io: CommandIo): Promise<number> {
  const complain = (line: string) => io.stderr(`mixlab dashboard: ${line}\n`);
  const observatory = new Observatory(options, io);
  const { problems, exitCode } = await observatory.open();
  problems.forEach(complain);
  if (exitCode === 2) return exitCode;
  const files = await readPageFiles();
  if (options.export !== undefined) {
    const file = resolve(io.cwd, options.export);
    writeFileAtomic(file, exportPage(observatory, files));
    io.stdout(`${shownPath(file, io.cwd)}\n`);
    return exitCode;
  }
  const stop = new AbortController();
  let server: DashboardServer;
  try {
    server = await serveDashboard(observatory, files, options.port);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'it is taken; --port=0 takes any that is free' : message;
    complain(`port ${options.port}: ${why}`);
    return 1;
  }
  const end = () => stop.abort();
  process.on('SIGINT', end).on('SIGTERM', end);
  try {
    io.stdout(`${server.url}\n`);
    if (io.isTty) io.stderr('Whoever has this URL reads the run directories. Ctrl-C ends it.\n');
    if (isToBeOpened(options, io)) await openInBrowser(server.url, complain);
    await observatory.watch();
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    observatory.close();
    await server.close();
  }
  return 0;
}

function isToBeOpened({ open }: DashboardOptions, { isTty, env = {} }: CommandIo): boolean {
  if (open !== 'auto') return open === 'true';
  const hasScreen = process.platform !== 'linux' || Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY']);
  return isTty && hasScreen && env['SSH_CONNECTION'] === undefined;
}

async function openInBrowser(url: string, complain: (line: string) => void): Promise<void> {
  try {
    const { default: open } = await import('open');
    const browser = await open(url);
    browser.on('error', (error) => complain(`no browser: ${error.message}`));
  } catch (error) {
    complain(`no browser: ${(error as Error).message}`);
  }
}
