import type { TableCellView } from '../src/view.ts';
import type { Versions } from './app.tsx';
import { linkTo } from './route.ts';
import type { Source } from './source.ts';
import { useLoaded } from './use-loaded.ts';

interface Props {
  readonly source: Source;
  readonly versions: Versions;
  readonly experiment: string;
}

/** The table of one experiment, with what is published beside it. */
export function TablePage({ source, versions, experiment }: Props) {
  const version = versions.experiments[experiment] ?? 0;
  const { value: table, problem } = useLoaded(experiment, version, () => source.table(experiment));
  return (
    <>
      <h1>{experiment}</h1>
      {problem && <p class="problem">{problem}</p>}
      {!table && !problem && <p>Reading logs …</p>}
      {table && (
        <>
          <div class="wide" tabIndex={0} role="region" aria-label="Table">
            <table class="numbers">
              <caption>
                {table.caption}
                {table.published.length > 0 &&
                  `. Small: published (${table.published.join('; ')}), and ours less that`}
              </caption>
              <thead>
                <tr>
                  <th scope="col">{table.rowHeader}</th>
                  {table.columns.map((column) => (
                    <th key={column} scope="col">
                      {column}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {table.rows.map(({ label, cells }) => (
                  <tr key={label}>
                    <th scope="row">{label}</th>
                    {cells.map((cell, index) => (
                      <td key={index}>
                        <Cell cell={cell} experiment={experiment} />
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {table.notes.map(({ title, lines }) => (
            <section key={title}>
              <h2>{title.replace(/:$/, '')}</h2>
              <ul>
                {lines.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            </section>
          ))}
          <Warnings warnings={table.warnings} />
        </>
      )}
    </>
  );
}

function Cell({
  cell: { run, text, published },
  experiment,
}: {
  readonly cell: TableCellView;
  readonly experiment: string;
}) {
  if (run === null) return <>{text}</>;
  return (
    <>
      <a href={linkTo({ view: 'run', experiment, run })}>{text}</a>
      {published && (
        <small>
          {published.text} {published.difference} {published.mark}
        </small>
      )}
    </>
  );
}

export function Warnings({ warnings }: { readonly warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <details>
      <summary>
        {warnings.length} {warnings.length === 1 ? 'warning' : 'warnings'}
      </summary>
      <ul>
        {warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </details>
  );
}
