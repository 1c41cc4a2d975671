import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { OutputView, RunView, TrialDetail } from '../src/view.ts';
import type { Source } from './source.ts';

/** As much as a reader goes back; `mixlab logs` prints all. */
const CHARACTERS_KEPT = 200_000;

interface Props {
  readonly source: Source;
  readonly view: RunView;
  readonly detail: TrialDetail;
}

/** What the newest attempt of a trial prints, followed as long as its end is in sight. */
export function Output({ source, view: { experiment, run }, detail }: Props) {
  const { trial } = detail.trial;
  const [output, setOutput] = useState<OutputView | null>(detail.output);
  const [refusal, setRefusal] = useState('');
  const box = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    return source.follow(
      { experiment, run, trial },
      (come) => setOutput((before) => joined(before, come)),
      setRefusal,
    );
  }, [experiment, run, trial]);
  useLayoutEffect(() => {
    if (isAtEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [output]);
  return (
    <section aria-labelledby="output">
      <h2 id="output">Output{output && ` of attempt ${output.attempt}`}</h2>
      {refusal && <p class="problem">{refusal}</p>}
      {!output && !refusal && <p>Nothing was printed yet.</p>}
      {output && (
        <pre
          ref={box}
          tabIndex={0}
          role="log"
          aria-live="off"
          aria-labelledby="output"
          onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
            isAtEnd.current = scrollHeight - scrollTop - clientHeight < 40;
          }}
        >
          {output.text}
        </pre>
      )}
    </section>
  );
}

function joined(before: OutputView | null, { attempt, text }: OutputView): OutputView {
  const all = before?.attempt === attempt ? before.text + text : text;
  return { attempt, text: all.slice(-CHARACTERS_KEPT) };
}
