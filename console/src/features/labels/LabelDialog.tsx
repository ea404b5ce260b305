import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { tellFailed } from '../../app/toast';
import { matches, TypeAhead, type Choice } from '../../components/TypeAhead';
import { useCreateLabel, useLabels } from './api';

interface Props {
  title: string;
  opened: boolean;
  /** Labels that all of those meant have already: choosing one takes it off. */
  has?: readonly string[];
  onClose: () => void;
  onChoose: (labelId: string, on: boolean) => void;
}

/** Type a few letters, Enter: labelled. No such label: Enter creates it on the way. */
export function LabelDialog({ title, opened, has = [], onClose, onChoose }: Props) {
  const { t } = useTranslation();
  // Read before the dialog opens, so that typing finds them at once.
  useLabels();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Picker has={has} onClose={onClose} onChoose={onChoose} />
    </Modal>
  );
}

function Picker({ has, onClose, onChoose }: Required<Pick<Props, 'has' | 'onClose' | 'onChoose'>>) {
  const { t } = useTranslation();
  const labels = useLabels();
  const create = useCreateLabel();
  const items = labels.data?.items ?? [];
  const choose = (id: string, on: boolean) => {
    onClose();
    onChoose(id, on);
  };
  const match = (text: string) => {
    const found = items.filter(({ name }) => matches(name, text));
    const give: Choice[] = found
      .filter(({ id }) => !has.includes(id))
      .map(({ id, name }) => ({
        id,
        label: name,
        icon: 'label',
        choose: () => {
          choose(id, true);
        },
      }));
    const take: Choice[] = found
      .filter(({ id }) => has.includes(id))
      .map(({ id, name }) => ({
        id: `off-${id}`,
        label: t('labels.takeOff', { name }),
        icon: 'close',
        choose: () => {
          choose(id, false);
        },
      }));
    const folded = text.toLocaleLowerCase();
    if (text && labels.data && !items.some(({ name }) => name.toLocaleLowerCase() === folded)) {
      give.push({
        id: 'new',
        label: t('move.create', { name: text }),
        icon: 'plus',
        choose: () => {
          create.mutate(text, {
            onSuccess: ({ id }) => {
              choose(id, true);
            },
            onError: (error) => {
              tellFailed(t, error);
            },
          });
        },
      });
    }
    return [
      { name: t('labels.give'), choices: give },
      { name: t('labels.take'), choices: take },
    ];
  };
  return (
    <TypeAhead
      label={t('labels.label')}
      placeholder={t('labels.placeholder')}
      listLabel={t('labels.all')}
      match={match}
      nothing={labels.isPending ? t('common.loading') : t('labels.none')}
    />
  );
}
