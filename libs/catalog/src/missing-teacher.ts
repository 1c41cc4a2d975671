import type { ConfigIssue } from '@mixlab/contracts';
import type { RunConfig, Teacher } from './generated/run-config.ts';
import { isOfTimm, unknownBackbone } from './known-backbone.ts';

/** What is wrong with the teachers that a run's method asks, files aside: whether those are there a machine knows. */
export function missingTeachers(
  { mixMode }: Pick<RunConfig, 'mixMode'>,
  known: ReadonlySet<string>,
): readonly ConfigIssue[] {
  if (mixMode.name !== 'oneOf') return missingTeacher(mixMode, 'mixMode', known);
  return mixMode.choices.flatMap(({ method }, index) =>
    missingTeacher(method, `mixMode.choices.${index}.method`, known),
  );
}

function missingTeacher(method: object, path: string, known: ReadonlySet<string>): readonly ConfigIssue[] {
  const { teacher } = method as { readonly teacher?: Teacher };
  if (!teacher) return [];
  const { backbone, weights } = teacher;
  const unknown = unknownBackbone(backbone, known, `${path}.teacher.backbone`);
  if (unknown.length > 0 || weights !== 'timm' || isOfTimm(backbone)) return unknown;
  return [
    {
      code: 'missing-teacher',
      message: `timm has no weights for ${backbone}`,
      path: `${path}.teacher.weights`,
      expected: 'the path of a checkpoint',
      got: JSON.stringify(weights),
    },
  ];
}
