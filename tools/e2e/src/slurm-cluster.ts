import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

const NODES = ['n1', 'n2'];

/** Why no cluster can be started here; undefined where one can. `npm test` installs Slurm where it may. */
export function whyNoSlurm(): string | undefined {
  if (process.getuid?.() !== 0) return 'a private Slurm needs root';
  const missing = ['slurmctld', 'slurmd', 'sbatch', 'munged'].filter((name) => !which(name));
  return missing.length > 0 ? `there is no ${missing.join(', no ')}` : undefined;
}

function which(name: string): boolean {
  return ['/usr/sbin', '/usr/bin', '/sbin', '/bin'].some((folder) => existsSync(join(folder, name)));
}

/**
 * A Slurm of its own on this machine: two nodes with four cores and four pretended GPUs each, arrays of four tasks at most,
 * all in a temporary folder.
 */
export class SlurmCluster {
  readonly folder = mkdtempSync(join(tmpdir(), 'mixlab-slurm-'));

  /** For programs that talk to it. */
  readonly env = { SLURM_CONF: join(this.folder, 'slurm.conf') };

  readonly #munge = join(this.folder, 'munge');

  static async start(): Promise<SlurmCluster> {
    const cluster = new SlurmCluster();
    await startMunge(cluster.#munge);
    for (const name of ['state', 'log', ...NODES.map((node) => `spool/${node}`)]) {
      mkdirSync(join(cluster.folder, name), { recursive: true });
    }
    for (let gpu = 1; gpu <= 4; gpu++)
      await execa('mknod', [join(cluster.folder, `gpu${gpu}`), 'c', '1', '3']);
    const ports = await freePorts(1 + NODES.length);
    writeFileSync(cluster.env.SLURM_CONF, cluster.#configuration(ports));
    const gpus = NODES.map((node) => `NodeName=${node} Name=gpu File=${cluster.folder}/gpu[1-4]\n`);
    writeFileSync(join(cluster.folder, 'gres.conf'), gpus.join(''));
    writeFileSync(join(cluster.folder, 'cgroup.conf'), 'CgroupPlugin=cgroup/v1\n');
    await cluster.run('slurmctld');
    for (const node of NODES) await cluster.startNode(node);
    await cluster.#untilIdle();
    return cluster;
  }

  /** Runs a command of Slurm and gives what it prints. */
  async run(file: string, ...args: string[]): Promise<string> {
    const { stdout } = await execa(file, args, { env: this.env });
    return stdout.trim();
  }

  async startNode(node: string): Promise<void> {
    await this.run('slurmd', '-N', node);
  }

  /** Kills a node as a power cut would: its daemon and every process that it started. */
  async killNode(node: string): Promise<void> {
    for (const pid of [this.#pid(`slurmd-${node}`), ...this.#processesOn(node)]) kill(pid, 'SIGKILL');
    await this.run('scontrol', 'update', `NodeName=${node}`, 'State=DOWN', 'Reason=test');
  }

  /** Tasks that wait or run, as `4_1 RUNNING n1`, by number. */
  async tasks(): Promise<string[]> {
    const lines = await this.run('squeue', '--noheader', '--array', '--format=%i %T %N');
    return lines
      .split('\n')
      .filter(Boolean)
      .map((line) => line.trim())
      .sort();
  }

  /** What a task became: `COMPLETED 0:0`. */
  async outcome(task: string): Promise<string> {
    const shown = await this.run('scontrol', '--oneliner', 'show', 'job', task);
    return `${/JobState=(\S+)/.exec(shown)?.[1]} ${/ExitCode=(\S+)/.exec(shown)?.[1]}`;
  }

  async untilEmpty(seconds = 300): Promise<void> {
    await this.until('no task is left', async () => (await this.tasks()).length === 0, seconds);
  }

  /** Waits for something that happens; fails after five minutes, which nothing should come near, however busy the machine is. */
  async until(what: string, happened: () => boolean | Promise<boolean>, seconds = 300): Promise<void> {
    const end = Date.now() + seconds * 1000;
    while (!(await happened())) {
      if (Date.now() > end)
        throw new Error(`not so within ${seconds} s: ${what}\n${(await this.tasks()).join('\n')}`);
      await sleep(200);
    }
  }

  /** Ends whatever a test has left, however it ended: no task waits or runs, and both nodes are up. */
  async clear(): Promise<void> {
    await this.#cancelAll();
    await this.untilEmpty(60);
    for (const node of NODES) {
      if (!isAlive(this.#pid(`slurmd-${node}`))) await this.startNode(node);
    }
    await this.#untilIdle();
  }

  async stop(): Promise<void> {
    await this.#cancelAll();
    await this.untilEmpty(20).catch(() => undefined);
    for (const daemon of ['slurmctld', ...NODES.map((node) => `slurmd-${node}`)]) {
      if (existsSync(join(this.folder, `${daemon}.pid`))) kill(this.#pid(daemon), 'SIGKILL');
    }
    kill(Number(readFileSync(join(this.#munge, 'pid'), 'utf8')), 'SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What runs is not asked for a checkpoint. */
  async #cancelAll(): Promise<void> {
    await execa('scancel', ['--signal=KILL', '--full', '--user=root'], { env: this.env, reject: false });
    await execa('scancel', ['--user=root'], { env: this.env, reject: false });
  }

  async #untilIdle(): Promise<void> {
    await this.until('both nodes are idle', async () =>
      /^idle\nidle$/.test(await this.run('sinfo', '--noheader', '--Node', '--format=%t')),
    );
  }

  /** What Slurm started on a node, and the daemons that watch over it. */
  #processesOn(node: string): number[] {
    const watchers = new Set<number>();
    const started: number[] = [];
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        if (!environment.includes(`SLURM_CONF=${this.env.SLURM_CONF}`)) continue;
        if (!environment.includes(`SLURMD_NODENAME=${node}`)) continue;
        started.push(Number(pid));
        const parent = Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
        if (readFileSync(`/proc/${parent}/comm`, 'utf8').startsWith('slurmstepd')) watchers.add(parent);
      } catch {
        // It has ended in the meantime.
      }
    }
    return [...watchers, ...started];
  }

  #pid(daemon: string): number {
    return Number(readFileSync(join(this.folder, `${daemon}.pid`), 'utf8'));
  }

  #configuration([control, ...nodes]: number[]): string {
    const host = hostname().replace(/\..*/, '');
    const place = `NodeHostname=${host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=1000 Gres=gpu:4 State=UNKNOWN`;
    return `
ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${control}
AuthType=auth/munge
# A task that queues itself again waits for so long; two minutes by default.
AuthInfo=socket=${this.#munge}/socket,cred_expire=5
SlurmUser=root
# Clusters on one machine derive ports of their own from the numbers of their jobs.
FirstJobId=${1000 + (process.pid % 30_000)}
StateSaveLocation=${this.folder}/state
SlurmdSpoolDir=${this.folder}/spool/%n
SlurmctldPidFile=${this.folder}/slurmctld.pid
SlurmdPidFile=${this.folder}/slurmd-%n.pid
SlurmctldLogFile=${this.folder}/log/slurmctld
SlurmdLogFile=${this.folder}/log/slurmd-%n
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
ReturnToService=2
MaxArraySize=5
GresTypes=gpu
${NODES.map((node, i) => `NodeName=${node} Port=${nodes[i]} ${place}`).join('\n')}
PartitionName=gpu Nodes=${NODES.join(',')} Default=YES MaxTime=INFINITE State=UP
`;
  }
}

/** Processes of Slurm prove to one another who they are by it. Of the cluster's own, which no other cluster stops. */
async function startMunge(folder: string): Promise<void> {
  mkdirSync(folder);
  writeFileSync(join(folder, 'key'), randomBytes(1024), { mode: 0o400 });
  const files = {
    socket: 'socket',
    'key-file': 'key',
    'log-file': 'log',
    'pid-file': 'pid',
    'seed-file': 'seed',
  };
  const options = Object.entries(files).map(([option, file]) => `--${option}=${join(folder, file)}`);
  // It would have its socket open to all users: here there is one.
  await execa('munged', ['--force', ...options], { stdio: 'ignore' });
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) =>
          server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
        ),
    ),
  );
  for (const server of servers) server.close();
  return ports;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}
