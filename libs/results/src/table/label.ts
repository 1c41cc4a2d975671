import type { JsonValue } from '@mixlab/contracts';
import type { Parameters } from './parameters.ts';

/** What follows the name of a method: the mark of its published figures. */
export type MarkOf = (method: JsonValue) => string;

const unmarked: MarkOf = () => '';

/** `mixup`, `mixup α=0.2`. */
export function rowLabel(value: JsonValue, parameters: Parameters): string {
  const settings = Object.entries(parameters).map(([path, each]) => `${symbolOf(path)}=${formatValue(each)}`);
  return [formatValue(value), ...settings].join(' ');
}

/** `resnet50, 100 epochs`, `resnet18, optimizer.lr=0.1`. */
export function columnLabel(axes: Parameters, markOf = unmarked): string {
  return Object.entries(axes)
    .map(([path, value]) => axisLabel(path, value, markOf))
    .join(', ');
}

function axisLabel(path: string, value: JsonValue, markOf: MarkOf): string {
  if (path === 'mixMode') return `${formatValue(value)}${markOf(value)}`;
  if (path === 'backbone') return formatValue(value);
  return path === 'maxEpochs' ? `${formatValue(value)} epochs` : `${path}=${formatValue(value)}`;
}

function symbolOf(path: string): string {
  return path.replace(/(^|\.)alpha$/, '$1α');
}

function formatValue(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
