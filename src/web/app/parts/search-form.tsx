/** A form whose fields are options of a question: what is typed in becomes the address. */

import type { ComponentChildren } from 'preact';
import type { FilterEntry } from '../../start.js';
import type { Options } from '../ask.js';
import { change, first, type Place } from '../place.js';
import { KeptInput, KeptSelect, KeptSwitch } from './kept.js';
import './buttons.css';
import './search-form.css';

/** A field of the form. */
export interface FormField
  extends Pick<FilterEntry, 'name' | 'label' | 'value' | 'description' | 'isSingle'> {
  /** The only values that there are, first the one that holds unless another is chosen. */
  choices?: readonly string[];
}

/** A field with one value, unless `more` says otherwise. */
export const formField = (
  name: string,
  label: string,
  value: string,
  description: string,
  more: Partial<FormField> = {},
): FormField => ({ name, label, value, description, isSingle: true, ...more });

/** The options of a question that fields stand for: a list where a field takes several values, true for a switch. */
export function optionsOf(fields: readonly FormField[], options: Place['options']): Options {
  return Object.fromEntries(
    fields.flatMap(({ name, value, isSingle }) => {
      const values = options[name];
      if (!values || values.length === 0) return [];
      return [[name, value === '' ? true : isSingle ? values[0] : values]];
    }),
  );
}

/**
 * @param fields those that are always there
 * @param more further ones, which are there once somebody asks for them or one has a value
 * @param children buttons beside that of the form
 */
export function SearchForm({
  label,
  fields,
  more = [],
  options,
  button,
  children,
}: {
  label: string;
  fields: readonly FormField[];
  more?: readonly FormField[];
  options: Place['options'];
  button: string;
  children?: ComponentChildren;
}) {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    // The first of several choices is what holds unless something else is said.
    const typed = ({ name, choices }: FormField): string[] =>
      data
        .getAll(name)
        .map(value => String(value).trim())
        .filter(value => value !== '' && value !== choices?.[0]);
    // Of a list that is cut short, the next one is another list.
    change({
      ...Object.fromEntries([...fields, ...more].map(field => [field.name, typed(field)])),
      limit: undefined,
    });
  };
  return (
    <form class="search-form" aria-label={label} onSubmit={submit}>
      <div class="fields">
        {fields.map(field => (
          <Field key={field.name} field={field} options={options} />
        ))}
      </div>
      {more.length > 0 && (
        <details open={more.some(({ name }) => options[name] !== undefined)}>
          <summary>More filters</summary>
          <div class="fields">
            {more.map(field => (
              <Field key={field.name} field={field} options={options} />
            ))}
          </div>
        </details>
      )}
      <div class="buttons">
        <button type="submit" class="main">
          {button}
        </button>
        {children}
      </div>
    </form>
  );
}

function Field({ field, options }: { field: FormField; options: Place['options'] }) {
  const { name, label, value, description, isSingle, choices } = field;
  const id = `field-${name}`;
  const about = `${id}-about`;
  if (value === '')
    return (
      <div class="field">
        <div class="form-switch">
          <KeptSwitch
            id={id}
            name={name}
            value="true"
            isOn={first(options, name) !== undefined}
            aria-describedby={about}
          />
          <label for={id}>{label}</label>
        </div>
        <span id={about} class="help">
          {description}
        </span>
      </div>
    );
  const values = options[name] ?? [];
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {choices ? (
        <KeptSelect
          id={id}
          name={name}
          choice={values[0] ?? choices[0]!}
          choices={choices}
          title={description}
        />
      ) : (
        // A filter of which any of several values will do has a place for one more.
        [...(isSingle ? [values[0] ?? ''] : [...values, ''])].map((text, i) => (
          <KeptInput
            key={i}
            id={i === 0 ? id : undefined}
            name={name}
            text={text}
            placeholder={i === 0 ? value : 'or …'}
            aria-label={i === 0 ? undefined : `${label}, another value`}
            title={description}
            autocomplete="off"
            spellcheck={false}
          />
        ))
      )}
    </div>
  );
}
