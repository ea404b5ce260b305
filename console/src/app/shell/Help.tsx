import { Modal, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../access';
import { PAGES } from '../nav';
import { useShortcutsEnabled } from '../shortcuts';
import classes from './Help.module.css';

interface Line {
  keys: readonly string[];
  does: string;
}

function Keys({ title, lines }: { title: string; lines: Line[] }) {
  return (
    <section aria-label={title}>
      <h3 className={classes.title}>{title}</h3>
      <dl className={classes.lines}>
        {lines.map(({ keys, does }) => (
          <div key={does} className={classes.line}>
            <dt>{does}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** The keyboard shortcuts, and the switch that turns the single keys off. */
export function Help({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const { can } = useAccess();
  const [enabled, setEnabled] = useShortcutsEnabled();
  const everywhere: Line[] = [
    { keys: ['Ctrl / ⌘', 'K'], does: t('help.palette') },
    { keys: ['?'], does: t('help.help') },
    ...PAGES.filter(({ needs }) => !needs || can(needs)).map(({ keys, name }) => ({
      keys: keys.split(' '),
      does: t('palette.go', { page: t(`nav.${name}`) }),
    })),
  ];
  const queue: Line[] = [
    { keys: ['j', '↓'], does: t('help.next') },
    { keys: ['k', '↑'], does: t('help.previous') },
    { keys: ['x'], does: t('help.select') },
    { keys: ['o', '↵'], does: t('help.open') },
    { keys: ['Esc'], does: t('help.clear') },
    { keys: ['/'], does: t('help.search') },
    { keys: ['u'], does: t('help.undo') },
  ];
  if (can('queue.move')) queue.splice(3, 0, { keys: ['m'], does: t('help.move') });
  if (can('groups.edit')) {
    queue.push({ keys: ['l'], does: t('help.label') }, { keys: ['f'], does: t('help.favourite') });
  }
  if (can('contacts.delete')) queue.push({ keys: ['#'], does: t('help.delete') });
  const decisions: Line[] = [
    { keys: ['j', '↓'], does: t('decisions.next') },
    { keys: ['k', '↑'], does: t('decisions.previous') },
    { keys: ['Tab', '↵'], does: t('decisions.decide') },
  ];
  const broadcasts: Line[] = [
    { keys: ['j', '↓'], does: t('help.next') },
    { keys: ['k', '↑'], does: t('help.previous') },
  ];
  if (can('broadcasts.send')) {
    broadcasts.push(
      { keys: ['n'], does: t('broadcasts.new') },
      { keys: ['Ctrl / ⌘', '↵'], does: t('help.review') },
      { keys: ['e'], does: t('broadcasts.edit') },
      { keys: ['t'], does: t('help.test') },
      { keys: ['p'], does: t('help.pause') },
      { keys: ['d'], does: t('broadcasts.duplicate') },
    );
  }
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('help.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <div className={classes.columns}>
        <Keys title={t('help.everywhere')} lines={everywhere} />
        <div className={classes.stack}>
          <Keys title={t('help.lists')} lines={queue} />
          {can('broadcasts.view') && <Keys title={t('nav.broadcasts')} lines={broadcasts} />}
          {can('opt_outs.view') && <Keys title={t('nav.decisions')} lines={decisions} />}
        </div>
      </div>
      <Switch
        mt="md"
        checked={enabled}
        onChange={(event) => {
          setEnabled(event.currentTarget.checked);
        }}
        label={t('help.switch')}
        description={t('help.switchWhy')}
      />
    </Modal>
  );
}
