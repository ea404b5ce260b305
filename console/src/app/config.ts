import { createContext, useContext } from 'react';

/** What the console learns when it starts, from `/config.json` of its own origin. */
export interface Config {
  region: string;
  userPoolId: string;
  clientId: string;
  /** The sign-in domain, with scheme, without a path. */
  signInUrl: string;
  /** `local` on the local stack, otherwise the stage deployed to AWS. */
  stage: string;
}

const KEYS = ['region', 'userPoolId', 'clientId', 'signInUrl', 'stage'] as const;

/** The configuration could not be read: the deployment is incomplete. */
export class ConfigError extends Error {}

function isConfig(value: unknown): value is Config {
  return (
    typeof value === 'object' &&
    value !== null &&
    KEYS.every((key) => typeof (value as Record<string, unknown>)[key] === 'string')
  );
}

export async function loadConfig(): Promise<Config> {
  let value: unknown;
  try {
    const response = await fetch('/config.json', { cache: 'no-store' });
    if (!response.ok) throw new ConfigError(`/config.json: ${response.status}`);
    value = await response.json();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`/config.json: ${error instanceof Error ? error.message : ''}`);
  }
  if (!isConfig(value)) throw new ConfigError(`/config.json: needs ${KEYS.join(', ')}`);
  return { ...value, signInUrl: value.signInUrl.replace(/\/+$/, '') };
}

export const ConfigContext = createContext<Config | null>(null);

export function useConfig(): Config {
  const config = useContext(ConfigContext);
  if (!config) throw new Error('useConfig before the configuration was read');
  return config;
}
