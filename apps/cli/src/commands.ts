import type { Command } from '@mixlab/contracts';

/** Every command by name. Loaded one by one: start-up is most of what a command costs. */
export const commandLoaders: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('@mixlab/generator')).initCommand,
  check: async () => (await import('@mixlab/generator')).checkCommand,
  configs: async () => (await import('@mixlab/generator')).configsCommand,
  explain: async () => (await import('@mixlab/generator')).explainCommand,
  diff: async () => (await import('@mixlab/generator')).diffCommand,
  fix: async () => (await import('@mixlab/generator')).fixCommand,
  import: async () => (await import('@mixlab/generator')).importCommand,
  catalog: async () => (await import('@mixlab/generator')).catalogCommand,
  run: async () => (await import('@mixlab/launcher/run')).runCommand,
  submit: async () => (await import('@mixlab/launcher/submit')).submitCommand,
  status: async () => (await import('@mixlab/launcher/status')).statusCommand,
  logs: async () => (await import('@mixlab/launcher/logs')).logsCommand,
  resume: async () => (await import('@mixlab/launcher/resume')).resumeCommand,
  cancel: async () => (await import('@mixlab/launcher/cancel')).cancelCommand,
  clean: async () => (await import('@mixlab/launcher/clean')).cleanCommand,
  budget: async () => (await import('@mixlab/launcher/budget')).budgetCommand,
  probe: async () => (await import('@mixlab/launcher/probe')).probeCommand,
  dashboard: async () => (await import('@mixlab/dashboard')).dashboardCommand,
  compare: async () => (await import('@mixlab/reporter')).compareCommand,
  table: async () => (await import('@mixlab/reporter')).tableCommand,
  plot: async () => (await import('@mixlab/reporter')).plotCommand,
  record: async () => (await import('@mixlab/reporter')).recordCommand,
  summarize: async () => (await import('@mixlab/reporter')).summarizeCommand,
};
