import { TextInput } from '@mantine/core';
import { useId, useState, type KeyboardEvent } from 'react';
import { Icon, type IconName } from './Icon';
import classes from './TypeAhead.module.css';

export interface Choice {
  id: string;
  label: string;
  icon?: IconName;
  choose: () => void;
}

export interface ChoiceGroup {
  /** Shown above its choices when there are several groups. */
  name: string;
  choices: Choice[];
}

interface Props {
  label: string;
  placeholder?: string;
  /** Names the list of choices for screen readers. */
  listLabel: string;
  /** The choices for what was typed so far. */
  match: (text: string) => ChoiceGroup[];
  /** Shown when nothing matches. */
  nothing: string;
}

/** True when every word that was typed begins somewhere in the label. */
export function matches(label: string, text: string): boolean {
  const folded = label.toLocaleLowerCase();
  return text
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => folded.includes(word));
}

/** A field with a list below it: type, arrows, Enter. The field keeps the focus throughout. */
export function TypeAhead({ label, placeholder, listLabel, match, nothing }: Props) {
  const list = useId();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const groups = match(text.trim()).filter(({ choices }) => choices.length > 0);
  const choices = groups.flatMap((group) => group.choices);
  const current = choices[Math.min(at, choices.length - 1)];

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      current?.choose();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const from = current ? choices.indexOf(current) : 0;
      const by = event.key === 'ArrowDown' ? 1 : -1;
      setAt((from + by + choices.length) % Math.max(1, choices.length));
    }
  };

  return (
    <>
      <TextInput
        data-autofocus
        label={label}
        placeholder={placeholder}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        role="combobox"
        aria-expanded
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={current && `${list}-${current.id}`}
        autoComplete="off"
        maxLength={80}
      />
      <div id={list} role="listbox" aria-label={listLabel} className={classes.list}>
        {groups.map((group) => (
          <div key={group.name} role="group" aria-label={group.name}>
            {groups.length > 1 && (
              <div className={classes.heading} aria-hidden="true">
                {group.name}
              </div>
            )}
            {group.choices.map((choice) => (
              <Option
                key={choice.id}
                id={`${list}-${choice.id}`}
                choice={choice}
                selected={choice === current}
              />
            ))}
          </div>
        ))}
      </div>
      {choices.length === 0 && (
        <p className={classes.hint} role="status">
          {nothing}
        </p>
      )}
    </>
  );
}

interface OptionProps {
  id: string;
  choice: Choice;
  selected: boolean;
}

function Option({ id, choice, selected }: OptionProps) {
  return (
    // The field has the focus and handles the keys, as the combobox pattern wants it.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      className={classes.option}
      ref={(element) => {
        if (selected) element?.scrollIntoView({ block: 'nearest' });
      }}
      onClick={choice.choose}
    >
      {choice.icon ? <Icon name={choice.icon} size={16} /> : <span className={classes.noIcon} />}
      {choice.label}
    </div>
  );
}
