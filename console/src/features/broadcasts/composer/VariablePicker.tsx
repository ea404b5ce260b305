import { Button, Popover, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../components/Icon';
import classes from './Composer.module.css';

const VARIABLES = ['first_name', 'last_name', 'email', 'custom'] as const;
type Variable = (typeof VARIABLES)[number];

/** Only what the template language takes as a name. */
const FIELD = /^[A-Za-z_]\w*$/;

/** A variable with what stands in its place for a contact who has no value for it. */
function written(variable: Variable, field: string, fallback: string): string {
  const name = variable === 'custom' ? `custom.${field}` : variable;
  const instead = fallback.trim().replaceAll('"', '');
  return instead ? `{{ ${name} | default: "${instead}" }}` : `{{ ${name} }}`;
}

/** Puts a variable into the text without anybody knowing how it is written. */
export function VariablePicker({ onInsert }: { onInsert: (text: string) => void }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const [variable, setVariable] = useState<Variable>('first_name');
  const [field, setField] = useState('');
  const [fallback, setFallback] = useState('');
  const named = variable !== 'custom' || FIELD.test(field);
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      trapFocus
      returnFocus
      withRoles={false}
      position="bottom-end"
      width={300}
    >
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          aria-expanded={opened}
          aria-haspopup="dialog"
          leftSection={<Icon name="plus" size={14} />}
          onClick={() => {
            setOpened(!opened);
          }}
        >
          {t('variable.insert')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={t('variable.insert')}>
        <div className={classes.stack}>
          <Select
            data-autofocus
            label={t('variable.which')}
            data={VARIABLES.map((value) => ({ value, label: t(`variable.${value}`) }))}
            value={variable}
            allowDeselect={false}
            comboboxProps={{ withinPortal: false }}
            onChange={(value) => {
              setVariable(VARIABLES.find((one) => one === value) ?? 'first_name');
            }}
          />
          {variable === 'custom' && (
            <TextInput
              label={t('variable.field')}
              description={t('variable.fieldWhy')}
              value={field}
              error={field !== '' && !named && t('variable.fieldBad')}
              onChange={(event) => {
                setField(event.currentTarget.value.trim());
              }}
            />
          )}
          <TextInput
            label={t('variable.fallback')}
            description={t('variable.fallbackWhy')}
            value={fallback}
            maxLength={60}
            onChange={(event) => {
              setFallback(event.currentTarget.value);
            }}
          />
          <Button
            disabled={!named}
            onClick={() => {
              setOpened(false);
              onInsert(written(variable, field, fallback));
            }}
          >
            {t('variable.add')}
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
