/** What an evaluation of the training library logs; with `_ema` of averaged weights. */
export const evaluationMetrics: readonly string[] = [
  'top1',
  'top5',
  'loss',
  'top1_ema',
  'top5_ema',
  'loss_ema',
];
