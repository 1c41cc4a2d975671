import { useEffect, useState } from 'preact/hooks';

export interface RunName {
  readonly experiment: string;
  readonly run: string;
}

export type Route =
  | { readonly view: 'overview' }
  | { readonly view: 'table'; readonly experiment: string }
  | ({ readonly view: 'run' } & RunName)
  | { readonly view: 'compare'; readonly left: RunName; readonly right: RunName };

export function linkTo(route: Route): string {
  return `#/${partsOf(route).map(encodeURIComponent).join('/')}`;
}

function partsOf(route: Route): string[] {
  switch (route.view) {
    case 'overview':
      return [];
    case 'table':
      return ['table', route.experiment];
    case 'run':
      return ['run', route.experiment, route.run];
    case 'compare':
      return ['compare', route.left.experiment, route.left.run, route.right.experiment, route.right.run];
  }
}

/** What the address asks for; the overview where it makes no sense. */
export function readRoute(hash: string): Route {
  const [view, a, b, c, d] = hash.replace(/^#\/?/, '').split('/').map(decode);
  if (view === 'table' && a) return { view, experiment: a };
  if (view === 'run' && a && b) return { view, experiment: a, run: b };
  if (view === 'compare' && a && b && c && d)
    return { view, left: { experiment: a, run: b }, right: { experiment: c, run: d } };
  return { view: 'overview' };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const change = () => setHash(location.hash);
    addEventListener('hashchange', change);
    return () => removeEventListener('hashchange', change);
  }, []);
  return readRoute(hash);
}
