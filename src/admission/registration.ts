/** One entry of a ValidatingWebhookConfiguration, as far as it is looked at; a real one has more fields. */
export interface RegistrationEntry {
  readonly name: string;
  readonly failurePolicy?: string | undefined;
  readonly clientConfig: {
    readonly url?: string | undefined;
    readonly service?:
      | {
          readonly namespace: string;
          readonly name: string;
          readonly port?: number | undefined;
          readonly path?: string | undefined;
        }
      | undefined;
    /** PEM, base64. */
    readonly caBundle?: string | undefined;
  };
  /** A LabelSelector. */
  readonly namespaceSelector?: object | undefined;
}

/** A ValidatingWebhookConfiguration, as far as it is looked at. */
export interface Registration {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> | undefined } | undefined;
  readonly webhooks?: readonly RegistrationEntry[] | undefined;
}
