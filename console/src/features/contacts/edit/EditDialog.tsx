import { Button, Modal, Radio, Stack } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../../api/problem';
import { announce } from '../../../app/announce';
import { explain } from '../../../app/explain';
import { tellDone } from '../../../app/toast';
import { Notice } from '../../../components/Notice';
import { useTimes } from '../../../components/Time';
import classes from '../ContactPage.module.css';
import { useEditContact, type Profile } from './api';
import { changeOf, clashes, merged, valuesOf, type Values } from './merge';
import { ProfileFields } from './ProfileFields';

interface Props {
  contact: Profile;
  opened: boolean;
  onClose: () => void;
}

/** Edits a profile; when somebody was faster, says who and lets both edits be put together. */
export function EditDialog({ contact, opened, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('edit.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Form contact={contact} onClose={onClose} />
    </Modal>
  );
}

interface Base {
  values: Values;
  version: number;
}

interface Faster {
  by: string;
  at: string | null;
  theirs: Base;
}

/** How it stands now, as the refusal says it. */
function fasterOf(error: unknown): Faster | null {
  if (!(error instanceof ApiError) || error.code !== 'edited_meanwhile') return null;
  const { by, at, current } = error.more as {
    by: string;
    at: string | null;
    current: Values & { version: number };
  };
  const { version, ...values } = current;
  return { by, at, theirs: { values, version } };
}

function Form({ contact, onClose }: Pick<Props, 'contact' | 'onClose'>) {
  const { t } = useTranslation();
  const edit = useEditContact(contact.id);
  // As it was when the dialog opened: later refreshes must not change what is compared.
  const [base, setBase] = useState<Base>(() => ({
    values: valuesOf(contact),
    version: contact.version,
  }));
  const [values, setValues] = useState<Values>(base.values);
  const [keepMine, setKeepMine] = useState<ReadonlySet<string>>(new Set());
  const problem = edit.error instanceof ApiError ? edit.error : null;
  const faster = fasterOf(edit.error);

  const send = (from: Base, to: Values) => {
    const change = changeOf(from.values, to, from.version);
    if (!change) {
      onClose();
      return;
    }
    edit.mutate(change, {
      onSuccess: () => {
        tellDone(t, t('edit.saved'));
        announce(t('edit.saved'));
        onClose();
      },
    });
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!faster) {
      send(base, values);
      return;
    }
    const together = merged(base.values, values, faster.theirs.values, keepMine);
    setBase(faster.theirs);
    setValues(together);
    send(faster.theirs, together);
  };
  const both = faster ? clashes(base.values, values, faster.theirs.values) : [];
  const changesNumber = values.phone.trim() !== base.values.phone;
  return (
    <form onSubmit={submit} className={classes.form}>
      {faster && (
        <Faster
          faster={faster}
          both={both}
          keepMine={keepMine}
          onChoose={(name, mine) => {
            const next = new Set(keepMine);
            if (mine) next.add(name);
            else next.delete(name);
            setKeepMine(next);
          }}
        />
      )}
      {edit.error && !faster && (
        <Notice tone="bad" title={explain(t, edit.error).title}>
          {explain(t, edit.error).cause}
        </Notice>
      )}
      {!faster && <ProfileFields values={values} problem={problem} onChange={setValues} />}
      {changesNumber && !faster && (
        <Notice tone="warn" title={t('edit.numberTitle')}>
          {t('edit.numberWhy')}
        </Notice>
      )}
      <div className={classes.actions}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={edit.isPending} disabled={!values.phone.trim()}>
          {t(faster ? 'edit.merge' : 'edit.save')}
        </Button>
      </div>
    </form>
  );
}

interface FasterProps {
  faster: Faster;
  both: ReturnType<typeof clashes>;
  keepMine: ReadonlySet<string>;
  onChoose: (name: string, mine: boolean) => void;
}

const NAMES = {
  first_name: 'edit.firstName',
  last_name: 'edit.lastName',
  email: 'contact.email',
  phone: 'contact.phone',
  zone: 'edit.zone',
} as const;

/** Whose edit won, and for each field that both changed, whose word it shall be. */
function Faster({ faster, both, keepMine, onChoose }: FasterProps) {
  const { t } = useTranslation();
  const times = useTimes();
  return (
    <>
      <Notice tone="warn" title={t('edit.faster', { by: faster.by || t('edit.somebody') })}>
        {faster.at && `${times.full(faster.at)}. `}
        {t(both.length > 0 ? 'edit.fasterBoth' : 'edit.fasterOther')}
      </Notice>
      {both.map(({ name, mine, theirs }) => {
        const key = name in NAMES ? NAMES[name as keyof typeof NAMES] : null;
        return (
          <Radio.Group
            key={name}
            label={key ? t(key) : name.replace(/^custom:/, '')}
            value={keepMine.has(name) ? 'mine' : 'theirs'}
            onChange={(value) => {
              onChoose(name, value === 'mine');
            }}
          >
            <Stack gap="xs" mt="xs">
              <Radio
                value="theirs"
                label={t('edit.theirs', { value: theirs || '–', by: faster.by })}
              />
              <Radio value="mine" label={t('edit.mine', { value: mine || '–' })} />
            </Stack>
          </Radio.Group>
        );
      })}
    </>
  );
}
