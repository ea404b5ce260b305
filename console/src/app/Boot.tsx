/** From nothing to a page: configuration, then the session, then who this is, then the page. */
import { useEffect, useState } from 'react';
import { identifyWith } from '../api/client';
import { AccessGate } from './AccessGate';
import { chosenAccount } from './access';
import { Session, useSession, CALLBACK_PATH, wasSignedIn } from './auth/session';
import { SignInPage, Splash } from './auth/SignInPage';
import { SessionEnded } from './auth/SessionEnded';
import { readFirstRows } from './firstRows';
import { ConfigContext, loadConfig, type Config } from './config';

interface Ready {
  config: Config;
  session: Session;
  /** Why the way back from the sign-in page failed, if it did. */
  refused: Error | null;
}

type Start = { step: 'loading' } | { step: 'broken'; error: Error } | ({ step: 'ready' } & Ready);

/** The sign-in page may know this browser: go there once without a click, never in a loop. */
const knownVisitor = wasSignedIn();

async function start(): Promise<Ready | null> {
  const config = await loadConfig();
  const session = new Session(config);
  identifyWith({
    token: () => session.token(),
    account: chosenAccount,
    refused: session.end,
  });
  if (window.location.pathname === CALLBACK_PATH) {
    try {
      window.history.replaceState(null, '', await session.completeSignIn());
    } catch (error) {
      window.history.replaceState(null, '', '/');
      return { config, session, refused: error as Error };
    }
    readFirstRows();
    return { config, session, refused: null };
  }
  await session.resume();
  if (session.state().status === 'signed-out' && knownVisitor) {
    await session.signIn();
    return null;
  }
  if (session.state().status === 'signed-in') readFirstRows();
  return { config, session, refused: null };
}

// Started once per page load: the code from the sign-in page can be used only once.
const started = start();

export function Boot() {
  const [state, setState] = useState<Start>({ step: 'loading' });
  useEffect(() => {
    started.then(
      (ready) => {
        if (ready) setState({ step: 'ready', ...ready });
      },
      (error: unknown) => {
        setState({ step: 'broken', error: error as Error });
      },
    );
  }, []);
  if (state.step === 'loading') return <Splash />;
  if (state.step === 'broken') return <Splash error={state.error} />;
  return (
    <ConfigContext value={state.config}>
      <SignedInOrNot session={state.session} refused={state.refused} />
    </ConfigContext>
  );
}

function SignedInOrNot({ session, refused }: Pick<Ready, 'session' | 'refused'>) {
  const { status } = useSession(session);
  if (status === 'signed-out') return <SignInPage session={session} refused={refused} />;
  return (
    <>
      <AccessGate session={session} />
      {status === 'ended' && <SessionEnded session={session} />}
    </>
  );
}
