/**
 * Fields of a form that keep what somebody is typing while answers come and the page is drawn again; they follow the
 * address where it says something else.
 */

import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** @param text what the address says */
export function KeptInput({ text, ...props }: { text: string } & JSX.InputHTMLAttributes<HTMLInputElement>) {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    field.current!.value = text;
  }, [text]);
  return <input {...props} ref={field} />;
}

/** @param isOn what the address says */
export function KeptSwitch({
  isOn,
  ...props
}: { isOn: boolean } & JSX.InputHTMLAttributes<HTMLInputElement>) {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    field.current!.checked = isOn;
  }, [isOn]);
  return <input type="checkbox" {...props} ref={field} />;
}

/** @param choice what the address says */
export function KeptSelect({
  choice,
  choices,
  ...props
}: { choice: string; choices: readonly string[] } & JSX.SelectHTMLAttributes<HTMLSelectElement>) {
  const field = useRef<HTMLSelectElement>(null);
  useLayoutEffect(() => {
    field.current!.value = choice;
  }, [choice]);
  return (
    <select {...props} ref={field}>
      {choices.map(one => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </select>
  );
}
