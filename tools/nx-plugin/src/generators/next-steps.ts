import { logger, type GeneratorCallback } from '@nx/devkit';

/** Says, when all is written, what its author types next: a command, or a file to open, in each line. */
export function nextSteps(
  steps: readonly string[],
  before: () => Promise<void> = async () => undefined,
): GeneratorCallback {
  return async () => {
    await before();
    logger.info(`\nNext:\n${steps.map((step) => `  ${step}`).join('\n')}`);
  };
}
