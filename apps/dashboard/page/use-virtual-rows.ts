import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useReducer, useState } from 'preact/hooks';

/**
 * Which rows of one height, in pixels, are in sight of a scrolled element, and some more. Above them is a head of that
 * height, which stays in sight: their places begin below it.
 */
export function useVirtualRows(
  element: RefObject<HTMLElement | null>,
  count: number,
  height: number,
): Virtualizer<HTMLElement, HTMLElement> {
  const [, redraw] = useReducer((before: number) => before + 1, 0);
  const options = {
    count,
    getScrollElement: () => element.current,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin: height,
    scrollPaddingStart: height,
    scrollToFn: elementScroll<HTMLElement>,
    observeElementRect,
    observeElementOffset,
    onChange: () => redraw(undefined),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());
  return virtualizer;
}
