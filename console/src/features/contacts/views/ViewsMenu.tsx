import { Button, Menu, Modal, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { explain } from '../../../app/explain';
import { tellDone, tellFailed } from '../../../app/toast';
import { Icon } from '../../../components/Icon';
import { Notice } from '../../../components/Notice';
import classes from '../ContactPage.module.css';
import { contactSearch, type ContactSearch } from '../list/search';
import { searchOf, useDeleteView, useSaveView, useViews } from './api';

interface Props {
  search: ContactSearch;
  onChoose: (search: ContactSearch) => void;
}

function same(a: ContactSearch, b: ContactSearch): boolean {
  const key = (one: ContactSearch) => JSON.stringify(Object.entries(contactSearch({ ...one })));
  return key(a) === key(b);
}

/** Filters and order under a name: chosen, saved, deleted. */
export function ViewsMenu({ search, onChoose }: Props) {
  const { t } = useTranslation();
  const views = useViews();
  const remove = useDeleteView();
  const [saving, dialog] = useDisclosure(false);
  const items = views.data?.items ?? [];
  const current = items.find((view) => same(searchOf(view), search));
  return (
    <>
      <Menu position="bottom-end" shadow="md" width={240} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button variant="default" leftSection={<Icon name="view" size={15} />}>
            {current?.name ?? t('views.title')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t('views.mine')}</Menu.Label>
          {items.length === 0 && <Menu.Item disabled>{t('views.none')}</Menu.Item>}
          {items.map((view) => (
            <Menu.Item
              key={view.id}
              leftSection={view === current ? <Icon name="check" size={14} /> : undefined}
              onClick={() => {
                onChoose(searchOf(view));
              }}
            >
              {view.name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<Icon name="plus" size={14} />} onClick={dialog.open}>
            {t('views.save')}
          </Menu.Item>
          {current && (
            <Menu.Item
              c="var(--bad)"
              leftSection={<Icon name="trash" size={14} />}
              onClick={() => {
                remove.mutate(current.id, {
                  onSuccess: () => {
                    tellDone(t, t('views.deleted', { name: current.name }));
                  },
                  onError: (error) => {
                    tellFailed(t, error);
                  },
                });
              }}
            >
              {t('views.delete', { name: current.name })}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={saving}
        onClose={dialog.close}
        title={t('views.save')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Save search={search} onClose={dialog.close} />
      </Modal>
    </>
  );
}

function Save({ search, onClose }: { search: ContactSearch; onClose: () => void }) {
  const { t } = useTranslation();
  const save = useSaveView();
  const [name, setName] = useState('');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    save.mutate(
      { name: name.trim(), search },
      {
        onSuccess: () => {
          tellDone(t, t('views.saved', { name: name.trim() }));
          onClose();
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      {save.error && (
        <Notice tone="bad" title={explain(t, save.error).title}>
          {explain(t, save.error).cause}
        </Notice>
      )}
      <TextInput
        data-autofocus
        label={t('views.name')}
        description={t('views.what')}
        value={name}
        maxLength={60}
        required
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      <div className={classes.actions}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={save.isPending} disabled={!name.trim()}>
          {t('views.save')}
        </Button>
      </div>
    </form>
  );
}
