/** How many events there were when: bars, of which some are chosen by dragging, and the same as a table. */

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Step, Timeline } from '../../../query/timeline.js';
import { addressOf, type Place, place } from '../place.js';
import './histogram.css';
import { chartOf, inclusiveEnd, type Layer, layersOf, rangeText, stepSeconds } from './histogram-chart.js';
import { useStale } from './notes.js';
import { LogText } from './text.js';
import { Time, zone } from './time.js';

export function Histogram({
  timeline,
  options,
  isStale,
  onRange,
  children,
}: {
  timeline: Timeline;
  options: Place['options'];
  isStale: boolean;
  /** From the first second to the last, both included, as times. */
  onRange(from: string, to: string): void;
  /** What stands below the table. */
  children: ComponentChildren;
}) {
  const layers = layersOf(timeline);
  const hovered = useSignal<number | undefined>(undefined);
  const stale = useStale(isStale, 'histogram');
  const { steps, width, untimed } = timeline;
  if (steps.length === 0) return <p class="absent histogram-empty">No events with a time.</p>;
  const step = hovered.value === undefined ? undefined : steps[hovered.value];
  return (
    <figure {...stale}>
      <Chart
        {...{ timeline, layers, onRange }}
        onHover={index => {
          hovered.value = index;
        }}
      />
      <figcaption>
        <ul class="legend">
          {layers.map((layer, i) => (
            <li key={i}>
              <span class={`swatch series-${layer.color}`} aria-hidden="true" /> <LayerName layer={layer} />
              {step && <span class="number"> {layer.countOf(step).toLocaleString('en-US')}</span>}
            </li>
          ))}
        </ul>
        <span class="readout">
          {step ? (
            <>
              <Time value={step.time} /> · {step.events.toLocaleString('en-US')} events
            </>
          ) : (
            `bars of ${rangeText(width)}; drag to choose a range${untimed > 0 ? `; ${untimed.toLocaleString('en-US')} events without a time are not in it` : ''}`
          )}
        </span>
      </figcaption>
      <StepTable {...{ timeline, layers, options }}>{children}</StepTable>
    </figure>
  );
}

function LayerName({ layer }: { layer: Layer }) {
  if (layer.title !== undefined) return <span>{layer.title}</span>;
  if (layer.value === '') return <span class="absent">(empty)</span>;
  return layer.value === null ? (
    <span class="absent">no value</span>
  ) : (
    <LogText value={layer.value} most={60} />
  );
}

/** The bars. A canvas says nothing to a screen reader: the table beside it has the same. */
function Chart({
  timeline,
  layers,
  onRange,
  onHover,
}: {
  timeline: Timeline;
  layers: readonly Layer[];
  onRange(from: string, to: string): void;
  onHover(index: number | undefined): void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const calls = useRef({ onRange, onHover });
  calls.current = { onRange, onHover };
  const choice = zone.value;
  useEffect(() => {
    const element = box.current!;
    let chart: uPlot | undefined;
    const draw = (): void => {
      chart?.destroy();
      chart = new uPlot(
        ...chartOf(timeline, layers, {
          ...{ element, zone: choice },
          onRange: (from, to) => calls.current.onRange(from, to),
          onHover: index => calls.current.onHover(index),
        }),
        element,
      );
    };
    draw();
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = element;
      if (chart && width !== chart.width) chart.setSize({ width, height });
    });
    observer.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', draw);
      chart?.destroy();
    };
  }, [timeline, choice]);
  return <div ref={box} class="chart" aria-hidden="true" />;
}

/** Steps that the table has; there are no more unless somebody chose the width. */
const MOST_STEPS = 500;

function StepTable({
  timeline,
  layers,
  options,
  children,
}: {
  timeline: Timeline;
  layers: readonly Layer[];
  options: Place['options'];
  children: ComponentChildren;
}) {
  const isOpen = useSignal(false);
  const { steps, width } = timeline;
  const range = (step: Step): string =>
    addressOf({
      page: place.value.page,
      options: { ...options, from: [step.time], to: [inclusiveEnd(stepSeconds(step), width)] },
    });
  return (
    <details
      onToggle={event => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>As a table</summary>
      {isOpen.value && (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keys */}
          <section class="scroll steps" tabIndex={0} aria-label="Events over time">
            <table>
              <thead>
                <tr>
                  <th scope="col">From, for {rangeText(width)}</th>
                  <th scope="col" class="number">
                    Events
                  </th>
                  {layers.map((layer, i) => (
                    <th key={i} scope="col" class="number">
                      <LayerName layer={layer} />
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {steps.slice(0, MOST_STEPS).map(step => (
                  <tr key={step.time}>
                    <td>
                      <a href={range(step)}>
                        <Time value={step.time} />
                      </a>
                    </td>
                    <td class="number">{step.events.toLocaleString('en-US')}</td>
                    {layers.map((layer, i) => (
                      <td key={i} class="number">
                        {layer.countOf(step).toLocaleString('en-US')}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
          {children}
        </>
      )}
    </details>
  );
}
