import { Button, Menu } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../app/access';
import { tellFailed } from '../../../app/toast';
import { useShortcuts, type Shortcuts } from '../../../app/shortcuts';
import { BarButton } from '../../../components/grid/BarButton';
import { Icon } from '../../../components/Icon';
import { useStartJob, type NewJob } from '../../jobs/api';
import { LabelDialog } from '../../labels/LabelDialog';
import { MoveDialog } from '../../queue/MoveDialog';
import type { Destination } from '../../queue/api';
import { DeleteAllDialog } from '../DeleteAllDialog';
import type { ContactRow } from './api';
import { OptOutManyDialog } from './OptOutManyDialog';
import type { ContactFilter } from './search';

interface Props {
  /** Ticked, or the row that the keyboard is on. */
  chosen: ContactRow[];
  everything: boolean;
  filter: ContactFilter;
  count: number;
  /** The group whose members are shown, if it is one's. */
  group?: string;
  /** Shown only while something is ticked; the keys work on the active row too. */
  visible: boolean;
  onDone: () => void;
}

type Asked = 'group' | 'label' | 'opt-out' | 'delete-all' | null;

/** What can be done with the contacts that are meant, here or by key: l, f, g, #. */
export function BulkActions(props: Props) {
  const { chosen, everything, filter, count, group, visible, onDone } = props;
  const { t } = useTranslation();
  const { can } = useAccess();
  const start = useStartJob();
  const [asked, setAsked] = useState<Asked>(null);
  const mayGroup = can('groups.edit');
  const mayDelete = can(everything ? 'contacts.delete_all' : 'contacts.delete');

  const mayOptOut = can('opt_outs.edit');
  const whom = everything ? { filter } : { contact_ids: chosen.map(({ id }) => id) };

  const run = (job: Omit<NewJob, 'contact_ids' | 'filter'>) => {
    start.mutate(
      { ...job, ...whom },
      {
        onSuccess: onDone,
        onError: (error) => {
          tellFailed(t, error);
        },
      },
    );
  };
  const toGroup = (to: Destination) => {
    setAsked(null);
    const target = 'id' in to ? { group_id: to.id } : { new_group_name: to.newName };
    run({ action: 'add_to_group', ...target });
  };
  const allFavourites = chosen.length > 0 && chosen.every(({ favourite }) => favourite);
  const favourite = () => {
    run({ action: allFavourites && !everything ? 'unfavourite' : 'favourite' });
  };
  const remove = () => {
    if (everything) setAsked('delete-all');
    else run({ action: 'delete' });
  };
  const any = everything || chosen.length > 0;
  const shortcuts: Shortcuts = {};
  if (mayGroup && any) {
    shortcuts.l = () => {
      setAsked('label');
    };
    shortcuts.m = () => {
      setAsked('group');
    };
    shortcuts.f = favourite;
  }
  if (mayDelete && any) shortcuts['#'] = remove;
  useShortcuts(shortcuts);
  const has = chosen.length > 0 ? (chosen[0]?.labels ?? []) : [];

  return (
    <>
      {visible && mayGroup && (
        <>
          <BarButton
            icon="groups"
            onClick={() => {
              setAsked('group');
            }}
          >
            {t('bulk.group')}
          </BarButton>
          <BarButton
            icon="label"
            onClick={() => {
              setAsked('label');
            }}
          >
            {t('bulk.label_')}
          </BarButton>
          <BarButton icon="star" onClick={favourite}>
            {t(allFavourites && !everything ? 'bulk.unfavourite' : 'bulk.favourite')}
          </BarButton>
        </>
      )}
      {visible && (mayDelete || mayOptOut || (mayGroup && group)) && (
        <Menu position="bottom-end" shadow="md" withInitialFocusPlaceholder={false}>
          <Menu.Target>
            <Button
              size="compact-sm"
              variant="default"
              rightSection={<Icon name="chevron" size={14} />}
            >
              {t('bulk.more')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {mayGroup && group && (
              <Menu.Item
                onClick={() => {
                  run({ action: 'remove_from_group', group_id: group });
                }}
              >
                {t('bulk.ungroup')}
              </Menu.Item>
            )}
            {mayOptOut && (
              <Menu.Item
                leftSection={<Icon name="optOuts" size={14} />}
                onClick={() => {
                  setAsked('opt-out');
                }}
              >
                {t('bulk.optOut')}
              </Menu.Item>
            )}
            {mayDelete && (
              <Menu.Item
                c="var(--bad)"
                leftSection={<Icon name="trash" size={14} />}
                onClick={remove}
              >
                {t('bulk.delete')}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
      <MoveDialog
        title={t('bulk.groupTitle', { count })}
        count={count}
        opened={asked === 'group'}
        onClose={() => {
          setAsked(null);
        }}
        onMove={toGroup}
      />
      <LabelDialog
        title={t('bulk.labelTitle', { count })}
        opened={asked === 'label'}
        has={everything ? [] : has}
        onClose={() => {
          setAsked(null);
        }}
        onChoose={(labelId, on) => {
          run({ action: on ? 'add_label' : 'remove_label', label_id: labelId });
        }}
      />
      <OptOutManyDialog
        count={count}
        whom={whom}
        opened={asked === 'opt-out'}
        onClose={() => {
          setAsked(null);
        }}
        onBegun={onDone}
      />
      <DeleteAllDialog
        filter={filter}
        opened={asked === 'delete-all'}
        onClose={() => {
          setAsked(null);
        }}
        onConfirmed={onDone}
      />
    </>
  );
}
