import { Button, NativeSelect, type InputWrapperProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import { wordFor } from '../../app/i18n';
import { tellDone, tellFailed } from '../../app/toast';
import { useChangeUser, type User, type UserChange } from './api';
import { RemoveDialog } from './RemoveDialog';
import classes from './Users.module.css';
import formClasses from '../../components/Form.module.css';
import tableClasses from '../../components/table.module.css';

const SWITCHES = ['delete', 'delete_all'] as const;
/** What follows from a choice stands below it. */
const BELOW: InputWrapperProps['inputWrapperOrder'] = ['input', 'description'];
const CHOICES = ['default', 'on', 'off'] as const;

/** A user: a change counts as soon as it is chosen, and is told with who made it below. */
export function UserRow({ user }: { user: User }) {
  const { t } = useTranslation();
  const { me } = useAccess();
  const change = useChangeUser(user.id);
  const [removing, dialog] = useDisclosure(false);
  const name = user.name || user.email || user.id;
  const email = user.you ? me.user.email : user.email;
  const send = (body: UserChange) => {
    change.mutate(body, {
      onSuccess: () => {
        tellDone(t, t('users.changed', { name }));
      },
      onError: (error) => {
        tellFailed(t, error);
      },
    });
  };
  const may = { delete: user.may_delete, delete_all: user.may_delete_all };
  return (
    <tr>
      <td>
        <span className={tableClasses.name}>{name}</span>
        {user.you && <span className={classes.you}>{t('users.you')}</span>}
        {email && email !== name && <div className={formClasses.small}>{email}</div>}
      </td>
      <td data-label={t('users.role')}>
        <div>
          <NativeSelect
            size="xs"
            className={classes.choice}
            aria-label={`${name}: ${t('users.role')}`}
            description={user.fixed && wordFor(t, 'roleFixed', user.fixed)}
            inputWrapperOrder={BELOW}
            value={user.role}
            disabled={change.isPending || user.roles.length < 2}
            data={user.roles.map((role) => ({ value: role, label: wordFor(t, 'role', role) }))}
            onChange={(event) => {
              const role = user.roles.find((one) => one === event.currentTarget.value);
              if (role) send({ role });
            }}
          />
        </div>
      </td>
      {SWITCHES.map((what) => (
        <td key={what} data-label={t(`danger.what.${what}`)}>
          <div>
            <NativeSelect
              size="xs"
              className={classes.choice}
              description={t(may[what] ? 'users.may' : 'users.mayNot')}
              inputWrapperOrder={BELOW}
              aria-label={`${name}: ${t(`danger.what.${what}`)}`}
              value={user[what]}
              disabled={change.isPending}
              data={CHOICES.map((value) => ({ value, label: t(`danger.choice.${value}`) }))}
              onChange={(event) => {
                const value = CHOICES.find((one) => one === event.currentTarget.value);
                if (value) send({ [what]: value });
              }}
            />
          </div>
        </td>
      ))}
      <td className={tableClasses.action}>
        {user.removable && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            aria-label={t('users.removeOne', { name })}
            onClick={dialog.open}
          >
            {t('users.remove')}
          </Button>
        )}
        <RemoveDialog user={user} name={name} opened={removing} onClose={dialog.close} />
      </td>
    </tr>
  );
}
