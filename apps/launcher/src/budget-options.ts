import { z } from 'zod';

/** An option that takes a whole number. */
export const wholeNumber = (least: number) => {
  const expected = `expected a whole number from ${least}`;
  return z.coerce.number({ error: expected }).int(expected).min(least, expected);
};

const HOURS = 'expected a number of hours, more than 0';

/** Option of every command that starts trainings. */
export const maxGpuHours = z.coerce
  .number({ error: HOURS })
  .positive(HOURS)
  .optional()
  .describe(
    'refuse where what is left takes more GPU-hours (on the CPU, hours of this machine), or nobody knows',
  )
  .meta({ placeholder: 'hours' });
