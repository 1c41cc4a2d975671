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
  const { problems, exitCode } = observatory.open();
  problems.forEach(complain);
  if (exitCode === 2) return exitCode;
  if (options.export !== undefined) return writeExport(resolve(io.cwd, options.export), observatory, io);
  const files = readPageFiles();
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
  const ended = once(stop.signal, 'abort');
  try {
    io.stdout(`${server.url}\n`);
    if (io.isTty) io.stderr('Whoever has this URL reads the run directories. Ctrl-C ends it.\n');
    if (isToBeOpened(options, io)) await openInBrowser(server.url, complain);
    // To be stopped at any time, in the middle of the first look, too.
    await Promise.race([ended, Promise.all([files, observatory.watch()])]);
    await ended;
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    observatory.close();
    await server.close();
  }
  return 0;
}

async function writeExport(file: string, observatory: Observatory, io: CommandIo): Promise<number> {
  const known = observatory.problems;
  await observatory.look();
  const problems = observatory.problems;
  for (const problem of problems) if (!known.includes(problem)) io.stderr(`mixlab dashboard: ${problem}\n`);
  writeFileAtomic(file, exportPage(observatory, await readPageFiles()));
  io.stdout(`${shownPath(file, io.cwd)}\n`);
  return problems.length > 0 ? 1 : 0;
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
