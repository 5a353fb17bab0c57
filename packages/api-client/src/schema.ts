/* Written by `npm run api-client` from openapi.json (SHA-256 6bf14bc1f3cc151bc113e2e53be7e406a380815b6ac24b1fbb55281567304dc1). */
/** The addresses of the HTTP API below `/api/v1`, with their methods. */
export interface paths {
  '/services': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List services: all, or with limit a page */
    get: operations['getServices'];
    put?: never;
    /** Add a service */
    post: operations['postServices'];
    delete?: never;
    options?: never;
    head?: never;
    /** Change keys of all services that have certain values */
    patch: operations['patchServices'];
    trace?: never;
  };
  '/services/export': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List services in the format of an import */
    get: operations['getServicesExport'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/import': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Add and change services from rows, all or none */
    post: operations['postServicesImport'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/sync': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Take over services from the billing system; with service only that one, by its id there */
    post: operations['postServicesSync'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/plan-change': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Show what a change of several services would store */
    post: operations['postServicesPlanChange'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Show a service */
    get: operations['getServicesService'];
    put?: never;
    post?: never;
    /** Remove a service that is not held and has no account */
    delete: operations['deleteServicesService'];
    options?: never;
    head?: never;
    /** Change keys of a service; an empty text removes a value */
    patch: operations['patchServicesService'];
    trace?: never;
  };
  '/services/{service}/explanation': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Explain why a service is in its state, now or at an instant */
    get: operations['getServicesServiceExplanation'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/usage': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List services with their last usage; refresh reads the panels first */
    get: operations['getUsage'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/usage-history': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the usage of each cycle, newest first */
    get: operations['getServicesServiceUsageHistory'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/graph': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Return the stored readings of a range: all, or about as many as points, evenly spread */
    get: operations['getServicesServiceGraph'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/panel-graph': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Return the panel's own graph, which is cached */
    get: operations['getServicesServicePanelGraph'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/panels/{panel}/comparison': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Compare usage and holds with the figures of another tool (keys service, used_gb, limited) */
    post: operations['postPanelsPanelComparison'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holds': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List holds */
    get: operations['getHolds'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/holds': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the holds of a service */
    get: operations['getServicesServiceHolds'];
    put?: never;
    /** Add a manual hold and restrict the service at once */
    post: operations['postServicesServiceHolds'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/holds/release': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Release the manual hold; with until (YYYY-MM-DD, null ends it) lift the quota hold for some time */
    post: operations['postServicesServiceHoldsRelease'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/holds/adopt': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Adopt restrictions of another tool, so that a release undoes them */
    post: operations['postServicesServiceHoldsAdopt'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holds/release-all': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Lift all restrictions, and switch their panels to observe */
    post: operations['postHoldsReleaseAll'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/overrides': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List overrides, open and past */
    get: operations['getOverrides'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/overrides': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the overrides of a service */
    get: operations['getServicesServiceOverrides'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/override': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Set parts of the override, remove those that are null (quota also removes unlimited), and keep the others; applies from the next run */
    put: operations['putServicesServiceOverride'];
    post?: never;
    /** End the override */
    delete: operations['deleteServicesServiceOverride'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/provision/create': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Create the account; with adopt an existing account is used */
    post: operations['postServicesServiceProvisionCreate'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/provision/suspend': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Suspend the service */
    post: operations['postServicesServiceProvisionSuspend'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/provision/unsuspend': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** End the suspension */
    post: operations['postServicesServiceProvisionUnsuspend'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/provision/renew': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Move the due date, once per ref; default: once per Idempotency-Key */
    post: operations['postServicesServiceProvisionRenew'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/provision/change-package': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Move the service to another product of its panel */
    post: operations['postServicesServiceProvisionChangePackage'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/provision/change-password': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Set a new password, by default a generated one, which the answer shows once; clients choose none */
    post: operations['postServicesServiceProvisionChangePassword'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/provision/terminate': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Remove the account and what belongs to it */
    post: operations['postServicesServiceProvisionTerminate'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/packages': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List packages of extra traffic */
    get: operations['getPackages'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/purchases': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List purchases, oldest first */
    get: operations['getPurchases'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/purchases': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the purchases of a service, oldest first */
    get: operations['getServicesServicePurchases'];
    put?: never;
    /** Buy a package for the current cycle; the key of the request is the reference of the purchase */
    post: operations['postServicesServicePurchases'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/purchases/{purchase}/cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Cancel a pending purchase, or with refund a paid one, whose price becomes credit */
    post: operations['postPurchasesPurchaseCancel'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/auto-buy': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Show the preference for automatic purchases of a service */
    get: operations['getServicesServiceAutoBuy'];
    /** Set parts of the preference of a service, and keep the others */
    put: operations['putServicesServiceAutoBuy'];
    post?: never;
    /** Drop the preference of a service */
    delete: operations['deleteServicesServiceAutoBuy'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/clients/{client}/auto-buy': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Show the preference for automatic purchases of a client */
    get: operations['getClientsClientAutoBuy'];
    /** Set parts of the preference of a client, and keep the others */
    put: operations['putClientsClientAutoBuy'];
    post?: never;
    /** Drop the preference of a client */
    delete: operations['deleteClientsClientAutoBuy'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/clients/{client}/credit': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Show the credit of a client */
    get: operations['getClientsClientCredit'];
    put?: never;
    /** Add credit; one reference (default: the key of the request) is booked once */
    post: operations['postClientsClientCredit'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/clients/{client}/credit/history': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the changes of a client's credit, oldest first */
    get: operations['getClientsClientCreditHistory'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/invoices': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List invoices, oldest first */
    get: operations['getInvoices'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/invoices/{invoice}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Show an invoice */
    get: operations['getInvoicesInvoice'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/invoices/{invoice}/pay': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Pay an open invoice from the client's credit */
    post: operations['postInvoicesInvoicePay'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/invoices/{invoice}/cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Cancel an open invoice */
    post: operations['postInvoicesInvoiceCancel'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/agents': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List agents with current figures */
    get: operations['getAgents'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/agent-limits': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Set the limits of several agents, all or none (keys agent, limit_gb) */
    put: operations['putAgentLimits'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/agents/{agent}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Show an agent, by uuid or name */
    get: operations['getAgentsAgent'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/agents/{agent}/explanation': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Explain why an agent is in its state */
    get: operations['getAgentsAgentExplanation'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/agents/{agent}/limit': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Set the limit of an agent; null removes it */
    put: operations['putAgentsAgentLimit'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/agents/{agent}/can-create-user': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Return whether a new user of this size fits */
    get: operations['getAgentsAgentCanCreateUser'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/agents/{agent}/users': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Create a user within the limits of its agent and of all ancestors */
    post: operations['postAgentsAgentUsers'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/agents/{agent}/suspend': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Disable all users below an agent */
    post: operations['postAgentsAgentSuspend'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/agents/{agent}/unsuspend': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** End the suspension of an agent */
    post: operations['postAgentsAgentUnsuspend'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/agents/{agent}/restore': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Enable the users that were disabled for an agent's limit */
    post: operations['postAgentsAgentRestore'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/panels': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List panels and what each kind supports */
    get: operations['getPanels'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/panels/test': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Test each panel, or those that are named, with an authenticated read */
    post: operations['postPanelsTest'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/products': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the products that the config declares */
    get: operations['getProducts'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/panels/{panel}/observe': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Stop changing a panel immediately; runs go on to read and decide */
    post: operations['postPanelsPanelObserve'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/panels/{panel}/enforce': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Allow runs to change a panel, or only services of one product */
    post: operations['postPanelsPanelEnforce'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/panels/{panel}/as-configured': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Remove the switches of a panel, so that the config applies again */
    post: operations['postPanelsPanelAsConfigured'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/panels/{panel}/plan-enforcing': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Show what the first run after enforce would change */
    post: operations['postPanelsPanelPlanEnforcing'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/doctor': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Check store, clock, leases, panels and the last runs */
    get: operations['getDoctor'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/clock/accept': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Confirm the clock of this machine, and check everything */
    post: operations['postClockAccept'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/relay/tunnels': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the tunnels of a relay panel */
    get: operations['getRelayTunnels'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/relay/users': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the accounts of a relay panel with their services */
    get: operations['getRelayUsers'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/relay/speed-limits': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the speed limits of a relay panel */
    get: operations['getRelaySpeedLimits'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/relay/tunnel-groups': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the tunnel groups of a relay panel */
    get: operations['getRelayTunnelGroups'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/login-link': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Return where the customer of a service logs in */
    get: operations['getServicesServiceLoginLink'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/calls/bill': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Add the calls of a period to an invoice, once */
    post: operations['postCallsBill'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/calls': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List calls of a panel or number, by default those of today */
    get: operations['getCalls'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/calls': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the calls of a service, by default those of today */
    get: operations['getServicesServiceCalls'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/call-report': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Make the report (CSV) of a period of a service, and bill nothing */
    get: operations['getServicesServiceCallReport'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/clients/{client}/call-report': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Make the report (CSV) of a period of a client, and bill nothing */
    get: operations['getClientsClientCallReport'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/calls/simulate': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Return what a call would cost by the plan of a service, or by a plan */
    post: operations['postCallsSimulate'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/calls/reconciliation': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Compare what was billed with the records of now, and bill nothing */
    get: operations['getCallsReconciliation'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/line': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Show the line of a service with its plan and numbers */
    get: operations['getServicesServiceLine'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /** Change the number that others see when the line of a service calls */
    patch: operations['patchServicesServiceLine'];
    trace?: never;
  };
  '/services/{service}/numbers/{number}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /** Change where calls to a number of the line of a service go; an empty text is the line itself */
    patch: operations['patchServicesServiceNumbersNumber'];
    trace?: never;
  };
  '/dids/{number}/link': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Link a number to the line of a service */
    post: operations['postDidsNumberLink'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/dids/{number}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /** Set fields of a number, or with unlink true end its link to a line */
    patch: operations['patchDidsNumber'];
    trace?: never;
  };
  '/dids/{number}/suspend': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Suspend a number */
    post: operations['postDidsNumberSuspend'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/dids/{number}/unsuspend': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** End its suspension */
    post: operations['postDidsNumberUnsuspend'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/dids/{number}/release': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** End a number */
    post: operations['postDidsNumberRelease'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/telephony/{resource}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List records of a telephony system: customers, subscribers, dids, plans, carriers, trunks, routes, rates, countries */
    get: operations['getTelephonyResource'];
    put?: never;
    /** Create a record; one that exists already with these values stays */
    post: operations['postTelephonyResource'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/telephony/{resource}/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Show a record, by its id or name */
    get: operations['getTelephonyResourceId'];
    put?: never;
    post?: never;
    /** Remove a record */
    delete: operations['deleteTelephonyResourceId'];
    options?: never;
    head?: never;
    /** Change fields of a record; an empty text clears a field */
    patch: operations['patchTelephonyResourceId'];
    trace?: never;
  };
  '/me': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Show what the token permits */
    get: operations['getMe'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/runs': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Start a poll, reconcile, plan or agent check; its events report its progress and its report */
    post: operations['postRuns'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/runs/{run}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Show a run that was started by the API, for an hour after its end */
    get: operations['getRunsRun'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/log': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List runs, changes and calls, newest first */
    get: operations['getLog'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/actions/{action}/resolve': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** State how an action in doubt ended */
    post: operations['postActionsActionResolve'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/tokens': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List tokens and share links */
    get: operations['getTokens'];
    put?: never;
    /** Create a token, which the answer shows once */
    post: operations['postTokens'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/share-links': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Create a share link of a client, which the answer shows once; its page is /share/TOKEN */
    post: operations['postShareLinks'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/tokens/{token}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Revoke a token or share link, end its sessions, and list what it made; with withMade end that, too */
    delete: operations['deleteTokensToken'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/overview': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Show all services at a glance */
    get: operations['getOverview'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/last-panel-graph': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Return the panel's own graph as last read; graph is null where none was */
    get: operations['getServicesServiceLastPanelGraph'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/services/{service}/customer-fields': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the fields that the product lets the client change */
    get: operations['getServicesServiceCustomerFields'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/call-bills': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the stored bills of calls, the newest period of each service first */
    get: operations['getCallBills'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/call-bills/{bill}/report': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Return the report of a bill as CSV */
    get: operations['getCallBillsBillReport'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/stored-agents': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List agents as last read */
    get: operations['getStoredAgents'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/clients/{client}/agents': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the agents that a client is, as last read */
    get: operations['getClientsClientAgents'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/notices/alarms': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List what is wrong since an earlier run: what nobody has acknowledged first, then by time */
    get: operations['getNoticesAlarms'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/notices/{alarm}/ack': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Acknowledge an alarm: no notice of it is sent until it ends, or what is wrong changes; `undo` removes that */
    post: operations['postNoticesAlarmAck'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/notices': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List what was sent to channels and what is to be sent, newest first */
    get: operations['getNotices'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/notices/send': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Send the notices that are due, as every run does at its end */
    post: operations['postNoticesSend'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/notices/test': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Send a test notice through one channel, or through all */
    post: operations['postNoticesTest'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/embedded/services/{service}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Return the parts of the page of a service, for its client or for staff */
    get: operations['getEmbeddedServicesService'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/embedded/clients/{client}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Return the parts of the first page of a client */
    get: operations['getEmbeddedClientsClient'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/embedded/overview': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Return the parts of the overview of all services */
    get: operations['getEmbeddedOverview'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/runs/{run}/events': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Follow a run: events `progress`, then `report` or `error`, which is the last */
    get: operations['getRunsRunEvents'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/log/follow': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Follow the log: an event `entry` for each new entry */
    get: operations['getLogFollow'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/log/export': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Return the log, oldest first, one JSON document per line */
    get: operations['getLogExport'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/agent-traffic/agents/traffic': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List agents as the Hiddify add-on does */
    get: operations['getAgentTrafficAgentsTraffic'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/agent-traffic/agents/{agent}/traffic': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Show an agent as the add-on does, by its uuid */
    get: operations['getAgentTrafficAgentsAgentTraffic'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/agent-traffic/agents/{agent}/traffic-limit': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Set the limit of an agent */
    put: operations['putAgentTrafficAgentsAgentTrafficLimit'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/agent-traffic/agents/{agent}/check': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Check an agent */
    post: operations['postAgentTrafficAgentsAgentCheck'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/agent-traffic/agents/check-all': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Check all agents */
    post: operations['postAgentTrafficAgentsCheckAll'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/agent-traffic/agents/{agent}/can-create-user': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Return whether a new user of this size fits */
    post: operations['postAgentTrafficAgentsAgentCanCreateUser'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
/** The named schemas of the HTTP API. */
export interface components {
  schemas: {
    /** @enum {string} */
    ServiceStatus: 'failed' | 'unreadable' | 'doubted' | 'over' | 'held' | 'ok' | 'unmanaged' | 'skipped';
    /**
     * @description A status; `would-be-held`: services for which a hold would begin; `not-read`: those that the last run could not read
     * @enum {string}
     */
    StatusFilter:
      | 'failed'
      | 'unreadable'
      | 'doubted'
      | 'over'
      | 'held'
      | 'ok'
      | 'unmanaged'
      | 'skipped'
      | 'would-be-held'
      | 'not-read';
    Brake: {
      panel: string;
      /** @enum {string} */
      subjects: 'services' | 'agents' | 'store';
      /** @description Instant, ISO 8601 in UTC */
      since: string;
      runs: number;
      run: string | null;
      changing: number | null;
      active: number | null;
      /** @description Those of `changing` that only a doubted reading would change */
      doubted: number | null;
      message: string;
    };
    ItemError: {
      code: string;
      message: string;
    };
    Action: {
      type: string;
      target: string;
      name: string;
      state: string;
    };
    PanelEnforcement: {
      /** @enum {string} */
      value: 'on' | 'observe';
      source: string;
      /** @description Instant, ISO 8601 in UTC */
      since: string | null;
      by: string | null;
      except: {
        product: string;
        /** @enum {string} */
        value: 'on' | 'observe';
        source: string;
        /** @description Instant, ISO 8601 in UTC */
        since: string | null;
        by: string | null;
      }[];
    };
    RemovedPanel: {
      panel: string;
      services: string[];
      held: string[];
      message: string;
    };
    CommandRun: {
      id: string;
      command: string;
      dryRun: boolean;
      /** @description Instant, ISO 8601 in UTC */
      startedAt: string;
      /** @description Instant, ISO 8601 in UTC */
      finishedAt: string;
      /** @enum {string} */
      outcome: 'done' | 'failed' | 'usage' | 'partial' | 'busy' | 'brake' | 'interrupted' | 'terminated';
      changes: boolean;
      observing?: string[];
    };
    PanelsRun: {
      id: string;
      command: string;
      dryRun: boolean;
      /** @description Instant, ISO 8601 in UTC */
      startedAt: string;
      /** @description Instant, ISO 8601 in UTC */
      finishedAt: string;
      /** @enum {string} */
      outcome: 'done' | 'failed' | 'usage' | 'partial' | 'busy' | 'brake' | 'interrupted' | 'terminated';
      changes: boolean;
      observing: string[];
    };
    AgentTrafficStats: {
      /** @description The uuid */
      agent_id: string;
      agent_name: string;
      agent_uuid: string;
      total_traffic_bytes: number;
      /** @description GB of 1024³ bytes */
      total_traffic_GB: number;
      traffic_limit_GB: number | null;
      remaining_traffic_GB: number | null;
      is_limit_exceeded: boolean;
      users_count: number;
      active_users_count: number | null;
      usage_percentage: number | null;
    };
    AgentTrafficError: {
      error: string;
    };
    Token: {
      id: string;
      name: string;
      /** @enum {string} */
      kind: 'api' | 'share';
      scopes: (('read' | 'operate' | 'tokens' | 'buy' | 'manage' | 'password') | string)[];
      client: string | null;
      rights: {
        buy: boolean;
        maxAmount: string | null;
        manage: boolean;
        changePassword: boolean;
      } | null;
      /** @description Instant, ISO 8601 in UTC */
      createdAt: string;
      /** @description Who, or the id of the token that made it */
      createdBy: string;
      /** @description Instant, ISO 8601 in UTC */
      expiresAt: string | null;
      /** @description Instant, ISO 8601 in UTC */
      revokedAt: string | null;
      /** @description Instant, ISO 8601 in UTC */
      lastUsedAt: string | null;
    };
    LogEntry: {
      /** @description Instant, ISO 8601 in UTC */
      at: string;
      /** @enum {string} */
      kind: 'run' | 'action' | 'refresh' | 'api';
      run: string | null;
      service: string | null;
      panel: string | null;
      outcome?: ('done' | 'failed' | 'usage' | 'partial' | 'busy' | 'brake' | 'interrupted' | 'terminated') | null;
    } & {
      [key: string]: unknown;
    };
    Error: {
      error: {
        code: string;
        message: string;
        details: {
          [key: string]: unknown;
        };
      };
    };
    Agent: {
      uuid: string;
      name: string;
      /** @description Bytes; null where unknown */
      limitBytes: number | null;
      /** @description Bytes; null where unknown */
      allocatedBytes: number | null;
      /** @description Bytes */
      usedBytes: number;
      /** @description Bytes; null where unknown */
      remainingBytes: number | null;
      exceeded: boolean;
      users: number;
      usersDisabledByUs: number | null;
      panel: string;
      /** @enum {string} */
      backend: 'sluice' | 'addon';
      rule: string | null;
      /** @description Usage that would exceed the limit by one jump, and waits for the next check */
      doubted: {
        /** @description Instant, ISO 8601 in UTC */
        at: string;
        /** @description Bytes */
        usedBytes: number;
      } | null;
      suspended: {
        /** @description Instant, ISO 8601 in UTC */
        since: string;
        by: string | null;
        note: string | null;
      } | null;
      /** @description Since when its limit has been holding its users; null under observe */
      heldSince: string | null;
      /** @description Whether runs may change its users; null through the add-on */
      enforce: {
        /** @enum {string} */
        value: 'on' | 'observe';
        source: string;
        /** @description Instant, ISO 8601 in UTC */
        since: string | null;
        by: string | null;
      } | null;
    };
    AgentDetail: {
      uuid: string;
      name: string;
      /** @description Bytes; null where unknown */
      limitBytes: number | null;
      /** @description Bytes; null where unknown */
      allocatedBytes: number | null;
      /** @description Bytes */
      usedBytes: number;
      /** @description Bytes; null where unknown */
      remainingBytes: number | null;
      exceeded: boolean;
      users: number;
      usersDisabledByUs: number | null;
      panel: string;
      /** @enum {string} */
      backend: 'sluice' | 'addon';
      rule: string | null;
      /** @description Usage that would exceed the limit by one jump, and waits for the next check */
      doubted: {
        /** @description Instant, ISO 8601 in UTC */
        at: string;
        /** @description Bytes */
        usedBytes: number;
      } | null;
      suspended: {
        /** @description Instant, ISO 8601 in UTC */
        since: string;
        by: string | null;
        note: string | null;
      } | null;
      /** @description Since when its limit has been holding its users; null under observe */
      heldSince: string | null;
      /** @description Whether runs may change its users; null through the add-on */
      enforce: {
        /** @enum {string} */
        value: 'on' | 'observe';
        source: string;
        /** @description Instant, ISO 8601 in UTC */
        since: string | null;
        by: string | null;
      } | null;
      enabledUsers: number | null;
      disabledFor:
        | {
            uuid: string;
            name: string;
            /** @enum {string} */
            reason: 'limit' | 'suspension';
            users: number;
          }[]
        | null;
      /** @enum {string} */
      accounting: 'allocated' | 'consumed' | 'panel';
      period: {
        /** @description Instant, ISO 8601 in UTC */
        start: string;
        /** @description Instant, ISO 8601 in UTC */
        end: string | null;
      } | null;
      thresholds: number[];
      ancestors: {
        uuid: string | null;
        name: string;
        /** @description Bytes; null where unknown */
        limitBytes: number | null;
      }[];
      /** @description Bytes; null where unknown */
      reservedBytes: number | null;
      /** @description Instant, ISO 8601 in UTC */
      at: string;
      semantics: {
        /** @enum {string} */
        kind: 'sluice' | 'addon';
        /** @enum {string} */
        accounting: 'allocated' | 'consumed' | 'panel';
        zeroIsNothing: boolean;
        atomicCreation: boolean;
        restores: boolean;
        ancestors: boolean;
        ledger: boolean;
      };
    };
    ChangedAgent: {
      uuid: string;
      name: string;
      /** @description Bytes; null where unknown */
      limitBytes: number | null;
      /** @description Bytes; null where unknown */
      allocatedBytes: number | null;
      /** @description Bytes */
      usedBytes: number;
      /** @description Bytes; null where unknown */
      remainingBytes: number | null;
      exceeded: boolean;
      users: number;
      usersDisabledByUs: number | null;
      panel: string;
      /** @enum {string} */
      backend: 'sluice' | 'addon';
      rule: string | null;
      /** @description Usage that would exceed the limit by one jump, and waits for the next check */
      doubted: {
        /** @description Instant, ISO 8601 in UTC */
        at: string;
        /** @description Bytes */
        usedBytes: number;
      } | null;
      suspended: {
        /** @description Instant, ISO 8601 in UTC */
        since: string;
        by: string | null;
        note: string | null;
      } | null;
      /** @description Since when its limit has been holding its users; null under observe */
      heldSince: string | null;
      /** @description Whether runs may change its users; null through the add-on */
      enforce: {
        /** @enum {string} */
        value: 'on' | 'observe';
        source: string;
        /** @description Instant, ISO 8601 in UTC */
        since: string | null;
        by: string | null;
      } | null;
      enabledUsers: number | null;
      disabledFor:
        | {
            uuid: string;
            name: string;
            /** @enum {string} */
            reason: 'limit' | 'suspension';
            users: number;
          }[]
        | null;
      /** @enum {string} */
      accounting: 'allocated' | 'consumed' | 'panel';
      period: {
        /** @description Instant, ISO 8601 in UTC */
        start: string;
        /** @description Instant, ISO 8601 in UTC */
        end: string | null;
      } | null;
      thresholds: number[];
      ancestors: {
        uuid: string | null;
        name: string;
        /** @description Bytes; null where unknown */
        limitBytes: number | null;
      }[];
      /** @description Bytes; null where unknown */
      reservedBytes: number | null;
      /** @description Instant, ISO 8601 in UTC */
      at: string;
      semantics: {
        /** @enum {string} */
        kind: 'sluice' | 'addon';
        /** @enum {string} */
        accounting: 'allocated' | 'consumed' | 'panel';
        zeroIsNothing: boolean;
        atomicCreation: boolean;
        restores: boolean;
        ancestors: boolean;
        ledger: boolean;
      };
      actions: components['schemas']['Action'][];
      error: components['schemas']['ItemError'] | null;
    };
    AgentCheckReport: {
      run: components['schemas']['PanelsRun'];
      totals: {
        agents: number;
        exceeded: number;
        disabled: number;
        restored: number;
        failed: number;
        skipped: number;
      };
      agents: components['schemas']['ChangedAgent'][];
      notices: {
        code: string;
        service: string | null;
        message: string;
      }[];
      error: {
        code: string;
        message: string;
        details?: {
          [key: string]: unknown;
        };
      } | null;
      panels: {
        panel: string;
        error: components['schemas']['ItemError'];
      }[];
    };
    AgentReport: {
      uuid: string;
      name: string;
      /** @description Bytes; null where unknown */
      limitBytes: number | null;
      /** @description Bytes; null where unknown */
      allocatedBytes: number | null;
      /** @description Bytes */
      usedBytes: number;
      /** @description Bytes; null where unknown */
      remainingBytes: number | null;
      exceeded: boolean;
      users: number;
      usersDisabledByUs: number | null;
      panel: string;
      /** @enum {string} */
      backend: 'sluice' | 'addon';
      rule: string | null;
      /** @description Usage that would exceed the limit by one jump, and waits for the next check */
      doubted: {
        /** @description Instant, ISO 8601 in UTC */
        at: string;
        /** @description Bytes */
        usedBytes: number;
      } | null;
      suspended: {
        /** @description Instant, ISO 8601 in UTC */
        since: string;
        by: string | null;
        note: string | null;
      } | null;
      /** @description Since when its limit has been holding its users; null under observe */
      heldSince: string | null;
      /** @description Whether runs may change its users; null through the add-on */
      enforce: {
        /** @enum {string} */
        value: 'on' | 'observe';
        source: string;
        /** @description Instant, ISO 8601 in UTC */
        since: string | null;
        by: string | null;
      } | null;
      enabledUsers: number | null;
      disabledFor:
        | {
            uuid: string;
            name: string;
            /** @enum {string} */
            reason: 'limit' | 'suspension';
            users: number;
          }[]
        | null;
      /** @enum {string} */
      accounting: 'allocated' | 'consumed' | 'panel';
      period: {
        /** @description Instant, ISO 8601 in UTC */
        start: string;
        /** @description Instant, ISO 8601 in UTC */
        end: string | null;
      } | null;
      thresholds: number[];
      ancestors: {
        uuid: string | null;
        name: string;
        /** @description Bytes; null where unknown */
        limitBytes: number | null;
      }[];
      /** @description Bytes; null where unknown */
      reservedBytes: number | null;
      /** @description Instant, ISO 8601 in UTC */
      at: string;
      semantics: {
        /** @enum {string} */
        kind: 'sluice' | 'addon';
        /** @enum {string} */
        accounting: 'allocated' | 'consumed' | 'panel';
        zeroIsNothing: boolean;
        atomicCreation: boolean;
        restores: boolean;
        ancestors: boolean;
        ledger: boolean;
      };
      run: components['schemas']['PanelsRun'];
      actions: components['schemas']['Action'][];
      left: {
        uuid: string;
        name: string;
        outcome: string;
      }[];
      notices: {
        code: string;
        service: string | null;
        message: string;
      }[];
      error: components['schemas']['ItemError'] | null;
    };
    AgentExplanation: {
      uuid: string;
      name: string;
      /** @description Bytes; null where unknown */
      limitBytes: number | null;
      /** @description Bytes; null where unknown */
      allocatedBytes: number | null;
      /** @description Bytes */
      usedBytes: number;
      /** @description Bytes; null where unknown */
      remainingBytes: number | null;
      exceeded: boolean;
      users: number;
      usersDisabledByUs: number | null;
      panel: string;
      /** @enum {string} */
      backend: 'sluice' | 'addon';
      rule: string | null;
      /** @description Usage that would exceed the limit by one jump, and waits for the next check */
      doubted: {
        /** @description Instant, ISO 8601 in UTC */
        at: string;
        /** @description Bytes */
        usedBytes: number;
      } | null;
      suspended: {
        /** @description Instant, ISO 8601 in UTC */
        since: string;
        by: string | null;
        note: string | null;
      } | null;
      /** @description Since when its limit has been holding its users; null under observe */
      heldSince: string | null;
      /** @description Whether runs may change its users; null through the add-on */
      enforce: {
        /** @enum {string} */
        value: 'on' | 'observe';
        source: string;
        /** @description Instant, ISO 8601 in UTC */
        since: string | null;
        by: string | null;
      } | null;
      enabledUsers: number | null;
      disabledFor:
        | {
            uuid: string;
            name: string;
            /** @enum {string} */
            reason: 'limit' | 'suspension';
            users: number;
          }[]
        | null;
      /** @enum {string} */
      accounting: 'allocated' | 'consumed' | 'panel';
      period: {
        /** @description Instant, ISO 8601 in UTC */
        start: string;
        /** @description Instant, ISO 8601 in UTC */
        end: string | null;
      } | null;
      thresholds: number[];
      ancestors: {
        uuid: string | null;
        name: string;
        /** @description Bytes; null where unknown */
        limitBytes: number | null;
      }[];
      /** @description Bytes; null where unknown */
      reservedBytes: number | null;
      /** @description Instant, ISO 8601 in UTC */
      at: string;
      semantics: {
        /** @enum {string} */
        kind: 'sluice' | 'addon';
        /** @enum {string} */
        accounting: 'allocated' | 'consumed' | 'panel';
        zeroIsNothing: boolean;
        atomicCreation: boolean;
        restores: boolean;
        ancestors: boolean;
        ledger: boolean;
      };
      readings: {
        /** @description Instant, ISO 8601 in UTC */
        at: string;
        /** @description Bytes */
        allocatedBytes: number;
        /** @description Bytes */
        currentBytes: number;
        /** @description Bytes; null where unknown */
        consumedBytes: number | null;
        users: number;
      }[];
      reservations: {
        uuid: string;
        agent: string;
        /** @description Bytes */
        bytes: number;
        /** @description Bytes */
        leftBytes: number;
        state: string;
        /** @description Instant, ISO 8601 in UTC */
        createdAt: string;
        /** @description Instant, ISO 8601 in UTC */
        expiresAt: string;
      }[];
      binding: string | null;
      actions: {
        type: string;
        target: string;
        name: string;
        state: string;
        /** @description Instant, ISO 8601 in UTC */
        at: string;
        run: string | null;
        outcome: string | null;
        /** @description Instant, ISO 8601 in UTC */
        settledAt: string | null;
        /** @description Bytes; null where unknown */
        usedBytes: number | null;
        /** @description Bytes; null where unknown */
        limitBytes: number | null;
      }[];
      sentence: string;
    };
    CallBill: {
      service: string;
      invoice: string | null;
      period: {
        /** @description Instant, ISO 8601 in UTC */
        from: string;
        /** @description Instant, ISO 8601 in UTC */
        to: string;
        timeZone: string;
      };
      calls: number | null;
      billedSeconds: number | null;
      total: string | null;
      currency: string | null;
      /** @enum {string} */
      state: 'added' | 'already-added' | 'nothing-to-bill' | 'failed' | 'planned';
      reason: string | null;
      csv: string | null;
      error: components['schemas']['ItemError'] | null;
      warnings: components['schemas']['ItemError'][];
      differences?: {
        id: string;
        /** @enum {string} */
        kind: 'charge' | 'no-rate' | 'ambiguous-rate' | 'unrated';
        system: {
          rateId: string | null;
          billedSeconds: number | null;
          charge: string | null;
        };
        expected: {
          rateId: string;
          prefix: string;
          billedSeconds: number;
          /** @description Decimal text */
          charge: string;
        } | null;
      }[];
    };
    Call: {
      id: string;
      uniqueId: string | null;
      /** @enum {string} */
      direction: 'outbound' | 'inbound';
      subscriberId: string | null;
      username: string | null;
      source: string | null;
      destination: string | null;
      destinationDescription: string | null;
      did: string | null;
      carrierId: string | null;
      trunkId: string | null;
      rateId: string | null;
      prefix: string | null;
      /** @description Instant, ISO 8601 in UTC */
      startedAt: string;
      answeredAt: string | null;
      endedAt: string | null;
      durationSeconds: number | null;
      talkSeconds: number;
      billedSeconds: number | null;
      pricePerMinute: string | null;
      charge: string | null;
      currency: string;
      disposition: string;
      /** @description The record is in the archive of the panel, under another id than before */
      isArchived?: boolean;
    };
    SimulatedCall: {
      destination: string;
      plan: string | null;
      at: string;
      prefix: string | null;
      rate: {
        id: string | null;
        description: string | null;
        pricePerMinute: string | null;
        connectionFee: string | null;
      };
      billedSeconds: number | null;
      /** @description Decimal text */
      cost: string;
      currency: string;
      /** @enum {string} */
      source: 'panel' | 'local';
      notes: string[];
    };
    DidReport: {
      run: components['schemas']['CommandRun'];
      service: string | null;
      dids: {
        [key: string]: unknown;
      }[];
      actions: components['schemas']['Action'][];
      notices: {
        code: string;
        service: string | null;
        message: string;
      }[];
      error: components['schemas']['ItemError'] | null;
    };
    TelephonyRecords: {
      panel: string;
      records: {
        [key: string]: unknown;
      }[];
    };
    TelephonyChange: {
      run: components['schemas']['CommandRun'];
      panel: string;
      record: {
        [key: string]: unknown;
      };
      changed: string[];
      differs: string[];
      putBackBy: string | null;
    };
    Line: {
      service: string;
      panel: string;
      timeZone: string;
      subscriber: {
        [key: string]: unknown;
      };
      plan: {
        [key: string]: unknown;
      } | null;
      numbers: {
        [key: string]: unknown;
      }[];
      changeable: {
        subscriber: string[];
        numbers: string[];
      };
    };
    StoredBill: {
      id: string;
      service: string;
      client: string | null;
      period: {
        /** @description Instant, ISO 8601 in UTC */
        from: string;
        /** @description Instant, ISO 8601 in UTC */
        to: string;
        timeZone: string;
      };
      /** @enum {string} */
      state: 'planned' | 'sending' | 'confirmed' | 'zero' | 'unknown' | 'failed';
      calls: number;
      /** @description Decimal text */
      total: string;
      currency: string;
      invoice: string | null;
      /** @description Instant, ISO 8601 in UTC */
      at: string;
    };
    UsageFigures: {
      /** @description Bytes; null where unknown */
      inBytes: number | null;
      /** @description Bytes; null where unknown */
      outBytes: number | null;
      /** @description Bytes; null where unknown */
      totalBytes: number | null;
      /** @description Instant, ISO 8601 in UTC */
      readAt: string;
    };
    Service: {
      id: string;
      panel: string;
      status: components['schemas']['ServiceStatus'];
      observing: boolean;
      mode: string | null;
      cycle: {
        /** @description Instant, ISO 8601 in UTC */
        start: string;
        /** @description Instant, ISO 8601 in UTC */
        end: string;
      } | null;
      usage: components['schemas']['UsageFigures'] | null;
      /** @description Usage by the last reading, where that was too high to be used */
      doubted: {
        /** @description Instant, ISO 8601 in UTC */
        at: string;
        /** @description When a reading that this one confirms was first doubted */
        since: string;
        /** @description Bytes; null where unknown */
        inBytes: number | null;
        /** @description Bytes; null where unknown */
        outBytes: number | null;
        /** @description Bytes; null where unknown */
        totalBytes: number | null;
        /** @description Reasons of open holds that began by it, before it was found impossible */
        holds: string[];
      } | null;
      allowance: {
        unlimited: boolean;
        /** @description Bytes; null where unknown */
        baseBytes: number | null;
        /** @description Bytes */
        extraBytes: number;
        /** @description Bytes; null where unknown */
        allowedBytes: number | null;
        /** @description Bytes; null where unknown */
        remainingBytes: number | null;
        /** @description Whether the last run decided with it; else the next run decides */
        decided: boolean;
      } | null;
      limits: {
        id: string;
        window: {
          /** @description Instant, ISO 8601 in UTC */
          start: string;
          /** @description Instant, ISO 8601 in UTC */
          end: string;
        } | null;
        unit: string;
        used: number | string | null;
        allowed: number | string | null;
        held: boolean;
      }[];
      holds: {
        reason: string;
        /** @description Instant, ISO 8601 in UTC */
        since: string;
        /**
         * @description It has ended, and its restriction is still on the panel: the next run that reaches the panel undoes it
         * @constant
         */
        releasing?: true;
        /**
         * @description Nothing of its restriction is on the panel yet
         * @constant
         */
        restricting?: true;
        /**
         * @description Only a part of its restriction is on the panel yet
         * @constant
         */
        partly?: true;
        /** @description True where it began before the service was this client's: `since` is when that began */
        beforeClient?: boolean;
      }[];
      /** @description Reasons of holds that would begin and were not added */
      wouldHold: string[];
      actions: components['schemas']['Action'][];
      error: components['schemas']['ItemError'] | null;
      drift?: string[];
      /** @description Reasons of holds that would end and did not */
      wouldRelease?: string[];
      counted: {
        /** @description Bytes; null where unknown */
        usedBytes: number | null;
        /** @description Bytes; null where unknown */
        allowedBytes: number | null;
        unlimited: boolean;
      } | null;
      /** @description Where the quota hold lasts although the usage fell by more than half */
      fallen: {
        /** @description Bytes */
        usedBytes: number;
        /** @description Bytes */
        peakBytes: number;
      } | null;
      /** @description Instant, ISO 8601 in UTC */
      panelDownSince: string | null;
      /**
       * @description The last run could not read it: `usage` is of an earlier one
       * @constant
       */
      unread?: true;
      product: string;
      client: string | null;
      lifecycle: string;
      billingCycle: string | null;
      nextDueDate: string | null;
      trafficMode: string | null;
      /** @description Bytes; null where unknown */
      baseQuotaBytes: number | null;
      quota: {
        /** @description Bytes; null where unknown */
        bytes: number | null;
        source: string;
      } | null;
      refs: {
        [key: string]: string;
      };
      purchases: {
        id: string;
        package: string;
        /** @description Bytes */
        bytes: number;
        /** @description Decimal text */
        price: string;
        currency: string;
        status: string;
        /** @description Instant, ISO 8601 in UTC */
        at: string;
        invoice: string | null;
        charged: string | null;
        invoiceUrl: string | null;
        current: boolean;
      }[];
      overrides: {
        /** @description Bytes; null where unknown */
        quotaBytes: number | null;
        unlimited: boolean;
        mode: string | null;
        action: string | null;
        /** @description Instant, ISO 8601 in UTC */
        since: string;
      } | null;
      protectedUntil: string | null;
      protected: boolean;
      quotaReleasedUntil: string | null;
      termination: {
        /** @description Instant, ISO 8601 in UTC */
        since: string;
        by: string | null;
        remains: string[];
      } | null;
      account?: {
        /** @description Address of the panel’s API; for clients the one for customers, null where there is none */
        url: string | null;
        username: string;
        /** @description Instant, ISO 8601 in UTC */
        expiresAt: string | null;
        tunnels: {
          id: number;
          name: string;
          nodes: string[];
        }[];
        forwards: {
          id: number;
          name: string;
          status: number;
          pausedByUs: boolean;
        }[];
      } | null;
    };
    ServiceInRun: {
      id: string;
      panel: string;
      status: components['schemas']['ServiceStatus'];
      observing: boolean;
      mode: string | null;
      cycle: {
        /** @description Instant, ISO 8601 in UTC */
        start: string;
        /** @description Instant, ISO 8601 in UTC */
        end: string;
      } | null;
      usage: components['schemas']['UsageFigures'] | null;
      /** @description Usage by the last reading, where that was too high to be used */
      doubted: {
        /** @description Instant, ISO 8601 in UTC */
        at: string;
        /** @description When a reading that this one confirms was first doubted */
        since: string;
        /** @description Bytes; null where unknown */
        inBytes: number | null;
        /** @description Bytes; null where unknown */
        outBytes: number | null;
        /** @description Bytes; null where unknown */
        totalBytes: number | null;
        /** @description Reasons of open holds that began by it, before it was found impossible */
        holds: string[];
      } | null;
      allowance: {
        unlimited: boolean;
        /** @description Bytes; null where unknown */
        baseBytes: number | null;
        /** @description Bytes */
        extraBytes: number;
        /** @description Bytes; null where unknown */
        allowedBytes: number | null;
        /** @description Bytes; null where unknown */
        remainingBytes: number | null;
        /** @description Whether the last run decided with it; else the next run decides */
        decided: boolean;
      } | null;
      limits: {
        id: string;
        window: {
          /** @description Instant, ISO 8601 in UTC */
          start: string;
          /** @description Instant, ISO 8601 in UTC */
          end: string;
        } | null;
        unit: string;
        used: number | string | null;
        allowed: number | string | null;
        held: boolean;
      }[];
      holds: {
        reason: string;
        /** @description Instant, ISO 8601 in UTC */
        since: string;
        /**
         * @description It has ended, and its restriction is still on the panel: the next run that reaches the panel undoes it
         * @constant
         */
        releasing?: true;
        /**
         * @description Nothing of its restriction is on the panel yet
         * @constant
         */
        restricting?: true;
        /**
         * @description Only a part of its restriction is on the panel yet
         * @constant
         */
        partly?: true;
        /** @description True where it began before the service was this client's: `since` is when that began */
        beforeClient?: boolean;
      }[];
      /** @description Reasons of holds that would begin and were not added */
      wouldHold: string[];
      actions: components['schemas']['Action'][];
      error: components['schemas']['ItemError'] | null;
      drift?: string[];
      /** @description Reasons of holds that would end and did not */
      wouldRelease?: string[];
      counted?: {
        /** @description Bytes; null where unknown */
        usedBytes: number | null;
        /** @description Bytes; null where unknown */
        allowedBytes: number | null;
        unlimited: boolean;
      } | null;
      /** @description Where the quota hold lasts although the usage fell by more than half */
      fallen?: {
        /** @description Bytes */
        usedBytes: number;
        /** @description Bytes */
        peakBytes: number;
      } | null;
      /** @description Instant, ISO 8601 in UTC */
      panelDownSince?: string | null;
      /**
       * @description The last run could not read it: `usage` is of an earlier one
       * @constant
       */
      unread?: true;
      product?: string;
      client?: string | null;
      lifecycle?: string;
      billingCycle?: string | null;
      nextDueDate?: string | null;
      trafficMode?: string | null;
      /** @description Bytes; null where unknown */
      baseQuotaBytes?: number | null;
      quota?: {
        /** @description Bytes; null where unknown */
        bytes: number | null;
        source: string;
      } | null;
      refs?: {
        [key: string]: string;
      };
      purchases?: {
        id: string;
        package: string;
        /** @description Bytes */
        bytes: number;
        /** @description Decimal text */
        price: string;
        currency: string;
        status: string;
        /** @description Instant, ISO 8601 in UTC */
        at: string;
        invoice: string | null;
        charged: string | null;
        invoiceUrl: string | null;
        current: boolean;
      }[];
      overrides?: {
        /** @description Bytes; null where unknown */
        quotaBytes: number | null;
        unlimited: boolean;
        mode: string | null;
        action: string | null;
        /** @description Instant, ISO 8601 in UTC */
        since: string;
      } | null;
      protectedUntil?: string | null;
      protected?: boolean;
      quotaReleasedUntil?: string | null;
      termination?: {
        /** @description Instant, ISO 8601 in UTC */
        since: string;
        by: string | null;
        remains: string[];
      } | null;
      account?: {
        /** @description Address of the panel’s API; for clients the one for customers, null where there is none */
        url: string | null;
        username: string;
        /** @description Instant, ISO 8601 in UTC */
        expiresAt: string | null;
        tunnels: {
          id: number;
          name: string;
          nodes: string[];
        }[];
        forwards: {
          id: number;
          name: string;
          status: number;
          pausedByUs: boolean;
        }[];
      } | null;
    };
    ServiceChange: {
      service: string;
      added: boolean;
      keys: {
        key: string;
        before: string | null;
        after: string | null;
      }[];
    };
    ImportReport: {
      totals: {
        rows: number;
        added: number;
        changed: number;
        unchanged: number;
      };
      problems: {
        line: number | null;
        service: string | null;
        key: string | null;
        message: string;
        code?: string;
      }[];
      /** @constant */
      dryRun?: true;
      changes?: components['schemas']['ServiceChange'][];
      enforced?: string[];
    };
    SyncReport: {
      run: components['schemas']['CommandRun'];
      totals: {
        seen: number;
        added: number;
        changed: number;
        unchanged: number;
        vanished: number;
        terminated: number;
        skipped: number;
      };
      changes: {
        id: string;
        /** @enum {string} */
        change: 'added' | 'changed' | 'vanished' | 'terminated';
        fields: {
          key: string;
          before: string | null;
          after: string | null;
        }[];
      }[];
      skipped: {
        reason: string;
        services: string[];
      }[];
      problems: {
        service: string;
        key: string | null;
        message: string;
        code?: string;
      }[];
    };
    RunReport: {
      run: components['schemas']['PanelsRun'];
      totals: {
        services: number;
        read: number;
        unreadable: number;
        doubted: number;
        failed: number;
        held: number;
        released: number;
        wouldHold: number;
        wouldRelease: number;
        purchased: number;
        actions: number;
        planned: number;
      };
      services: components['schemas']['ServiceInRun'][];
      notices: {
        code: string;
        service: string | null;
        message: string;
      }[];
      error: {
        code: string;
        message: string;
        details?: {
          [key: string]: unknown;
        };
      } | null;
      /** @description Panels under observe of which products are enforced, with the services that this concerns */
      enforced: {
        panel: string;
        services: number;
      }[];
      panels: {
        panel: string;
        error: components['schemas']['ItemError'];
      }[];
      agents?: components['schemas']['ChangedAgent'][];
    };
    CustomerAccess: {
      username: string;
      /** @description Address of the panel for customers: panels.X.publicUrl, or its url if that is public */
      url: string | null;
      links: {
        url: string;
        unknown: string | null;
      }[];
      /** @description Instant, ISO 8601 in UTC */
      expiresAt: string | null;
      daysFromFirstUse: number | null;
    };
    CommandReport: {
      run: components['schemas']['CommandRun'];
      service: components['schemas']['Service'];
      actions: components['schemas']['Action'][];
      credentials: {
        username: string | null;
        /** @description Shown once: null in the answer to a repeated request */
        password: string | null;
        passwordFile: string | null;
        writtenTo?: string;
      } | null;
      access?: components['schemas']['CustomerAccess'] | null;
      bills?: components['schemas']['CallBill'][];
      stillHeld: string[];
      notices: {
        code: string;
        service: string | null;
        message: string;
      }[];
      error?: components['schemas']['ItemError'];
    };
    Agents: {
      agents: components['schemas']['Agent'][];
      semantics: {
        panel: string;
        semantics: {
          /** @enum {string} */
          kind: 'sluice' | 'addon';
          /** @enum {string} */
          accounting: 'allocated' | 'consumed' | 'panel';
          zeroIsNothing: boolean;
          atomicCreation: boolean;
          restores: boolean;
          ancestors: boolean;
          ledger: boolean;
        };
      }[];
    };
    EmbeddedPart: {
      /** @description Unique in its document */
      id: string;
      /** @description Plain text, to be escaped */
      title: string;
      /** @description Escaped HTML without forms, scripts, inline styles and links that need a session */
      html: string;
    };
    Package: {
      id: string;
      name: string;
      /** @description Bytes */
      bytes: number;
      /** @description Decimal text */
      price: string;
      currency: string;
      /** @description Whether the billing system adds tax to the price */
      taxed: boolean;
      /** @description Total of the client’s newest invoice for it at this price, with tax; null where none is known */
      lastCharged: string | null;
      products: string[];
    };
    Purchase: {
      id: string;
      service: string;
      client: string | null;
      package: string;
      /** @description Bytes */
      bytes: number;
      /** @description Decimal text */
      price: string;
      currency: string;
      /** @enum {string} */
      status: 'pending' | 'paid' | 'cancelled' | 'refunded' | 'failed';
      /** @enum {string} */
      actor: 'manual' | 'auto';
      by: string | null;
      invoice: string | null;
      charged: string | null;
      invoiceUrl: string | null;
      /** @description Instant, ISO 8601 in UTC */
      at: string;
      /** @description Instant, ISO 8601 in UTC */
      paidAt: string | null;
      cycle: string;
    };
    PurchaseDetail: {
      id: string;
      service: string;
      client: string | null;
      package: string;
      /** @description Bytes */
      bytes: number;
      /** @description Decimal text */
      price: string;
      currency: string;
      /** @enum {string} */
      status: 'pending' | 'paid' | 'cancelled' | 'refunded' | 'failed';
      /** @enum {string} */
      actor: 'manual' | 'auto';
      by: string | null;
      invoice: string | null;
      charged: string | null;
      invoiceUrl: string | null;
      /** @description Instant, ISO 8601 in UTC */
      at: string;
      /** @description Instant, ISO 8601 in UTC */
      paidAt: string | null;
      cycle: {
        id: string;
        /** @description Instant, ISO 8601 in UTC */
        start: string;
        /** @description Instant, ISO 8601 in UTC */
        end: string;
      } | null;
    };
    AutoBuy: {
      enabled: boolean;
      package: string | null;
      /** @description Bytes; null where unknown */
      thresholdBytes: number | null;
      threshold: string;
      maxPerCycle: number;
      bought: number | null;
      /** @enum {string} */
      source: 'service' | 'client' | 'product' | 'global' | 'default';
    };
    Credit: {
      client: string;
      currency: string | null;
      /** @description Decimal text */
      balance: string;
    };
    Invoice: {
      id: string;
      client: string;
      currency: string;
      /** @enum {string} */
      status: 'open' | 'paid' | 'cancelled' | 'refunded';
      /** @description Decimal text */
      total: string;
      /** @description Decimal text */
      balance: string;
      /** @description Instant, ISO 8601 in UTC */
      createdAt: string;
      /** @description Instant, ISO 8601 in UTC */
      paidAt: string | null;
      /** @description Instant, ISO 8601 in UTC */
      closedAt: string | null;
      lines: {
        id: string;
        description: string;
        /** @description Decimal text */
        amount: string;
      }[];
    };
    Packages: {
      packages: components['schemas']['Package'][];
    };
    Purchases: {
      purchases: components['schemas']['Purchase'][];
      /** @description Number of all that match */
      total: number;
      /** @description The `after` of the next page; null on the last */
      next: string | null;
    };
    Invoices: {
      invoices: components['schemas']['Invoice'][];
      /** @description Number of all that match */
      total: number;
      /** @description The `after` of the next page; null on the last */
      next: string | null;
    };
    Delivery: {
      id: string;
      channel: string;
      event: string;
      code: string;
      service: string | null;
      panel: string | null;
      message: string;
      /** @enum {string} */
      state: 'pending' | 'sent' | 'given-up';
      attempts: number;
      /** @description Instant, ISO 8601 in UTC */
      at: string;
      /** @description Instant, ISO 8601 in UTC */
      nextAt: string | null;
      /** @description Instant, ISO 8601 in UTC */
      sentAt: string | null;
      lastError: string | null;
    };
    Alarm: {
      id: string;
      code: string;
      event: string;
      panel: string;
      service: string | null;
      message: string;
      /** @description Instant, ISO 8601 in UTC */
      since: string;
      acknowledged: {
        /** @description Instant, ISO 8601 in UTC */
        at: string;
        by: string;
        note: string | null;
      } | null;
    };
    Panel: {
      name: string;
      kind: string;
      url: string;
      capabilities: string[];
      enforce: components['schemas']['PanelEnforcement'];
      brake: components['schemas']['Brake'] | null;
      /** @description Instant, ISO 8601 in UTC */
      downSince: string | null;
    };
    PanelTest: {
      name: string;
      kind: string;
      url: string;
      capabilities: string[];
      enforce: components['schemas']['PanelEnforcement'];
      ok: boolean;
      latencyMs: number | null;
      /** @description Instant, ISO 8601 in UTC */
      credentialsUntil: string | null;
      warnings: string[];
      error: components['schemas']['ItemError'] | null;
    };
    SwitchReport: {
      panel: string;
      product: string | null;
      /** @enum {string} */
      enforce: 'on' | 'observe';
      source: string;
      /** @description Instant, ISO 8601 in UTC */
      since: string | null;
      by: string | null;
      plan: components['schemas']['RunReport'] | null;
      underWay?: number;
    };
    DoctorReport: {
      ok: boolean;
      checks: {
        name: string;
        object: string;
        /** @enum {string} */
        status: 'ok' | 'warning' | 'failed' | 'skipped';
        message: string;
        code?: string;
        section?: string;
        details?: {
          [key: string]: string;
        };
      }[];
    };
    Product: {
      id: string;
      panel: string;
      kind: string;
      quota: {
        [key: string]: number | 'unlimited';
      } | null;
      mode: string | null;
      /** @enum {string} */
      quotaPeriod: 'billing' | 'month';
      action: string | null;
      enforce: {
        /** @enum {string} */
        value: 'on' | 'observe';
        source: string;
        /** @description Instant, ISO 8601 in UTC */
        since: string | null;
        by: string | null;
      };
      packages: string[];
      /** @enum {string} */
      provision: 'manual' | 'auto';
      /** @enum {string} */
      terminate: 'manual' | 'auto';
      limits: {
        id: string;
        window: string;
        allowance: number | string;
        action: string;
      }[];
    };
    Panels: {
      panels: components['schemas']['Panel'][];
      removed: components['schemas']['RemovedPanel'][];
    };
    Products: {
      products: components['schemas']['Product'][];
    };
    Task: {
      id: string;
      command: string;
      /** @description Null: all */
      panel: string | null;
      /** @description Null: all */
      service: string | null;
      startedAt: string;
      finishedAt: string | null;
      /** @description Path of the stream of events */
      events: string;
      /** @description The last event; of a run that has ended its report or failure */
      last: {
        /** @enum {string} */
        event: 'progress' | 'report' | 'failure';
        data: unknown;
      } | null;
    };
    Overview: {
      /** @description Instant, ISO 8601 in UTC */
      at: string;
      totals: {
        services: number;
        held: number;
        wouldHold: number;
        nearLimit: number;
        drifting: number;
        driftAcknowledged: number;
        failing: number;
        doubted: number;
        byStatus: {
          [key: string]: number;
        };
        byReason: {
          [key: string]: number;
        };
      };
      brakes: components['schemas']['Brake'][];
      panels: {
        name: string;
        kind: string;
        kindTitle: string;
        capabilities: string[];
        requiredRef: string | null;
        restrictions: string[];
        services: number;
        held: number;
        wouldHold: number;
        failing: number;
        drifting: number;
        enforce: components['schemas']['PanelEnforcement'];
        reachable: boolean | null;
        /** @description Instant, ISO 8601 in UTC */
        downSince: string | null;
        lastCall: {
          /** @description Instant, ISO 8601 in UTC */
          at: string;
          ok: boolean;
          code: string | null;
          message: string | null;
        } | null;
        brake: components['schemas']['Brake'] | null;
        lease: {
          run: string;
          /** @description Instant, ISO 8601 in UTC */
          since: string;
        } | null;
      }[];
      removed: components['schemas']['RemovedPanel'][];
      services: {
        matching: number;
        page: number;
        pages: number;
        /** @enum {string} */
        order: 'worst' | 'remaining' | 'share' | 'used' | 'id' | 'client';
        items: {
          id: string;
          panel: string;
          product: string;
          client: string | null;
          lifecycle: string;
          status: components['schemas']['ServiceStatus'];
          mode: string | null;
          observing: boolean;
          holds: string[];
          /** @description Reasons of holds that have ended and are not undone on the panel yet */
          releasing: string[];
          /** @description Reasons of holds that are not on the panel yet */
          restricting: string[];
          wouldHold: string[];
          /** @description Bytes; null where unknown */
          usedBytes: number | null;
          /** @description Bytes; null where unknown */
          allowedBytes: number | null;
          /** @description Bytes; null where unknown */
          remainingBytes: number | null;
          /** @description Instant, ISO 8601 in UTC */
          readAt: string | null;
          errorCode: string | null;
          errorMessage: string | null;
          drift: number;
        }[];
      };
      holds: {
        service: string;
        panel: string;
        reason: string;
        /** @description Instant, ISO 8601 in UTC */
        since: string;
        note: string | null;
        releasing: boolean;
        restricting: boolean;
        /** @description Bytes; null where unknown */
        usedBytes: number | null;
        /** @description Bytes; null where unknown */
        allowedBytes: number | null;
      }[];
      events: {
        /** @description Instant, ISO 8601 in UTC */
        at: string;
        /** @enum {string} */
        kind: 'notice' | 'action' | 'run' | 'service';
        code: string;
        message: string;
        panel: string | null;
        service: string | null;
        run: string | null;
      }[];
      clock: {
        status: string;
        message: string;
      };
      runs: components['schemas']['LogEntry'][];
    };
    SampleGraph: {
      service: string;
      window: {
        /** @description Instant, ISO 8601 in UTC */
        start: string;
        /** @description Instant, ISO 8601 in UTC */
        end: string;
        cycle: string | null;
      };
      timeZone: string;
      /** @enum {string} */
      mode: 'IN' | 'OUT' | 'TOTAL';
      /** @description Instant, ISO 8601 in UTC */
      cycleEnd: string | null;
      /** @description Bytes; null where unknown */
      allowedBytes: number | null;
      series: {
        /** @description Instant, ISO 8601 in UTC */
        at: string;
        /** @description Bytes; null where unknown */
        inBytes: number | null;
        /** @description Bytes; null where unknown */
        outBytes: number | null;
        /** @description Bytes; null where unknown */
        totalBytes: number | null;
      }[];
      breaks: string[];
    };
    PanelGraph: {
      service: string;
      panel: string;
      window: {
        /** @description Instant, ISO 8601 in UTC */
        start: string;
        /** @description Instant, ISO 8601 in UTC */
        end: string;
        cycle: string | null;
      };
      timeZone: string;
      /** @description Instant, ISO 8601 in UTC */
      readAt: string | null;
      figures: {
        times: {
          /** @description Instant, ISO 8601 in UTC */
          at: string | null;
          label: string;
        }[];
        series: {
          name: string;
          values: (number | null)[];
        }[];
        unit: string | null;
      } | null;
      /** @description PNG, base64 */
      picture: string | null;
    };
    Hold: {
      reason: string;
      /** @description Instant, ISO 8601 in UTC */
      since: string;
      /** @description Instant, ISO 8601 in UTC */
      until: string | null;
      note: string | null;
      origin: string;
      /**
       * @description It has ended, and its restriction is still on the panel: the next run that reaches the panel undoes it
       * @constant
       */
      releasing?: true;
      /**
       * @description Nothing of its restriction is on the panel yet
       * @constant
       */
      restricting?: true;
      /**
       * @description Only a part of its restriction is on the panel yet
       * @constant
       */
      partly?: true;
      evidence: {
        kind: string;
        target: string;
        prior: unknown;
        adopted: boolean;
        /** @description Instant, ISO 8601 in UTC */
        since: string;
        /** @description Instant, ISO 8601 in UTC */
        until: string | null;
        outcome: string | null;
      }[];
      /** @description True where it began before the service was this client's: `since` is when that began */
      beforeClient?: boolean;
      service: string | null;
      agent: {
        uuid: string;
        name: string | null;
      } | null;
      panel: string | null;
      product: string | null;
      client: string | null;
    };
    Explanation: {
      /** @description Instant, ISO 8601 in UTC */
      at: string;
      service: components['schemas']['Service'];
      readings: {
        /** @description Instant, ISO 8601 in UTC */
        at: string;
        /** @description Bytes; null where unknown */
        inBytes: number | null;
        /** @description Bytes; null where unknown */
        outBytes: number | null;
        /** @description Bytes; null where unknown */
        totalBytes: number | null;
        rejected: string | null;
        raw: unknown;
      }[];
      allowance: {
        parts: {
          source: string;
          /** @description Bytes; null where unknown */
          bytes: number | null;
        }[];
        /** @description Bytes; null where unknown */
        allowedBytes: number | null;
      };
      decision: {
        rule: string;
        status: string;
        /** @description Instant, ISO 8601 in UTC */
        at: string;
        run: string;
        mode: string | null;
        action: string | null;
        observing: boolean;
        wouldHold: string[];
        inputs: unknown;
      } | null;
      brake: components['schemas']['Brake'] | null;
      /** @description Whether its panel is not in the config, so that nothing is read or changed there */
      panelRemoved: boolean;
      accountDue: {
        /** @enum {string} */
        verb: 'create' | 'terminate';
        /** @enum {string} */
        reason: 'next_run' | 'observe' | 'brake' | 'failed' | 'not_paid' | 'suspended' | 'operator';
      } | null;
      holds: {
        reason: string;
        /** @description Instant, ISO 8601 in UTC */
        since: string;
        /** @description Instant, ISO 8601 in UTC */
        until: string | null;
        note: string | null;
        origin: string;
        /**
         * @description It has ended, and its restriction is still on the panel: the next run that reaches the panel undoes it
         * @constant
         */
        releasing?: true;
        /**
         * @description Nothing of its restriction is on the panel yet
         * @constant
         */
        restricting?: true;
        /**
         * @description Only a part of its restriction is on the panel yet
         * @constant
         */
        partly?: true;
        evidence: {
          kind: string;
          target: string;
          prior: unknown;
          adopted: boolean;
          /** @description Instant, ISO 8601 in UTC */
          since: string;
          /** @description Instant, ISO 8601 in UTC */
          until: string | null;
          outcome: string | null;
        }[];
        /** @description True where it began before the service was this client's: `since` is when that began */
        beforeClient?: boolean;
        service: string;
      }[];
      released: {
        until: string;
        note: string | null;
      } | null;
      actions: {
        id: string;
        type: string;
        target: string;
        name: string;
        state: string;
        /** @description Instant, ISO 8601 in UTC */
        at: string;
        run: string;
        prior: unknown;
        observed: unknown;
        error: components['schemas']['ItemError'] | null;
      }[];
    };
    Services: {
      services: components['schemas']['Service'][];
      /** @description Number of all that match */
      total: number;
      /** @description The `after` of the next page; null on the last */
      next: string | null;
    };
    Holds: {
      holds: components['schemas']['Hold'][];
      released: {
        service: string;
        until: string;
        note: string | null;
      }[];
      /** @description Number of all that match */
      total: number;
      /** @description The `after` of the next page; null on the last */
      next: string | null;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
/** The requests of the HTTP API by name: parameters, bodies and answers. */
export interface operations {
  getServices: {
    parameters: {
      query?: {
        panel?: string;
        product?: string;
        client?: string;
        status?:
          | 'failed'
          | 'unreadable'
          | 'doubted'
          | 'over'
          | 'held'
          | 'ok'
          | 'unmanaged'
          | 'skipped'
          | 'would-be-held'
          | 'not-read';
        search?: string;
        drifting?: 'true' | 'false';
        order?: 'worst' | 'remaining' | 'share' | 'used' | 'id' | 'client';
        limit?: number;
        after?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Services'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postServices: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          id: string;
          /** @description Keys with texts, as an import has them */
          values: {
            [key: string]: string;
          };
          allowDuplicateRefs?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Service'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  patchServices: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @description Keys with texts, as an import has them */
          where: {
            [key: string]: string;
          };
          /** @description Keys with texts, as an import has them */
          values: {
            [key: string]: string;
          };
          allowDuplicateRefs?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            services: components['schemas']['Service'][];
            changed: number;
            changes: components['schemas']['ServiceChange'][];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getServicesExport: {
    parameters: {
      query?: {
        panel?: string;
        product?: string;
        client?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            rows: {
              [key: string]: string;
            }[];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postServicesImport: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          rows: {
            [key: string]: string;
          }[];
          dryRun?: boolean;
          allowDuplicateRefs?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ImportReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postServicesSync: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          service?: string;
          product?: string;
          dryRun?: boolean;
          allowMass?: boolean;
          allowDuplicateRefs?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SyncReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postServicesPlanChange: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @description Keys with texts, as an import has them */
          where: {
            [key: string]: string;
          };
          /** @description Keys with texts, as an import has them */
          values: {
            [key: string]: string;
          };
          allowDuplicateRefs?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ImportReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getServicesService: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Service'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  deleteServicesService: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Service'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  patchServicesService: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @description Keys with texts, as an import has them */
          values: {
            [key: string]: string;
          };
          allowDuplicateRefs?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            id: string;
            panel: string;
            status: components['schemas']['ServiceStatus'];
            observing: boolean;
            mode: string | null;
            cycle: {
              /** @description Instant, ISO 8601 in UTC */
              start: string;
              /** @description Instant, ISO 8601 in UTC */
              end: string;
            } | null;
            usage: components['schemas']['UsageFigures'] | null;
            /** @description Usage by the last reading, where that was too high to be used */
            doubted: {
              /** @description Instant, ISO 8601 in UTC */
              at: string;
              /** @description When a reading that this one confirms was first doubted */
              since: string;
              /** @description Bytes; null where unknown */
              inBytes: number | null;
              /** @description Bytes; null where unknown */
              outBytes: number | null;
              /** @description Bytes; null where unknown */
              totalBytes: number | null;
              /** @description Reasons of open holds that began by it, before it was found impossible */
              holds: string[];
            } | null;
            allowance: {
              unlimited: boolean;
              /** @description Bytes; null where unknown */
              baseBytes: number | null;
              /** @description Bytes */
              extraBytes: number;
              /** @description Bytes; null where unknown */
              allowedBytes: number | null;
              /** @description Bytes; null where unknown */
              remainingBytes: number | null;
              /** @description Whether the last run decided with it; else the next run decides */
              decided: boolean;
            } | null;
            limits: {
              id: string;
              window: {
                /** @description Instant, ISO 8601 in UTC */
                start: string;
                /** @description Instant, ISO 8601 in UTC */
                end: string;
              } | null;
              unit: string;
              used: number | string | null;
              allowed: number | string | null;
              held: boolean;
            }[];
            holds: {
              reason: string;
              /** @description Instant, ISO 8601 in UTC */
              since: string;
              /**
               * @description It has ended, and its restriction is still on the panel: the next run that reaches the panel undoes it
               * @constant
               */
              releasing?: true;
              /**
               * @description Nothing of its restriction is on the panel yet
               * @constant
               */
              restricting?: true;
              /**
               * @description Only a part of its restriction is on the panel yet
               * @constant
               */
              partly?: true;
              /** @description True where it began before the service was this client's: `since` is when that began */
              beforeClient?: boolean;
            }[];
            /** @description Reasons of holds that would begin and were not added */
            wouldHold: string[];
            actions: components['schemas']['Action'][];
            error: components['schemas']['ItemError'] | null;
            drift?: string[];
            /** @description Reasons of holds that would end and did not */
            wouldRelease?: string[];
            counted: {
              /** @description Bytes; null where unknown */
              usedBytes: number | null;
              /** @description Bytes; null where unknown */
              allowedBytes: number | null;
              unlimited: boolean;
            } | null;
            /** @description Where the quota hold lasts although the usage fell by more than half */
            fallen: {
              /** @description Bytes */
              usedBytes: number;
              /** @description Bytes */
              peakBytes: number;
            } | null;
            /** @description Instant, ISO 8601 in UTC */
            panelDownSince: string | null;
            /**
             * @description The last run could not read it: `usage` is of an earlier one
             * @constant
             */
            unread?: true;
            product: string;
            client: string | null;
            lifecycle: string;
            billingCycle: string | null;
            nextDueDate: string | null;
            trafficMode: string | null;
            /** @description Bytes; null where unknown */
            baseQuotaBytes: number | null;
            quota: {
              /** @description Bytes; null where unknown */
              bytes: number | null;
              source: string;
            } | null;
            refs: {
              [key: string]: string;
            };
            purchases: {
              id: string;
              package: string;
              /** @description Bytes */
              bytes: number;
              /** @description Decimal text */
              price: string;
              currency: string;
              status: string;
              /** @description Instant, ISO 8601 in UTC */
              at: string;
              invoice: string | null;
              charged: string | null;
              invoiceUrl: string | null;
              current: boolean;
            }[];
            overrides: {
              /** @description Bytes; null where unknown */
              quotaBytes: number | null;
              unlimited: boolean;
              mode: string | null;
              action: string | null;
              /** @description Instant, ISO 8601 in UTC */
              since: string;
            } | null;
            protectedUntil: string | null;
            protected: boolean;
            quotaReleasedUntil: string | null;
            termination: {
              /** @description Instant, ISO 8601 in UTC */
              since: string;
              by: string | null;
              remains: string[];
            } | null;
            account?: {
              /** @description Address of the panel’s API; for clients the one for customers, null where there is none */
              url: string | null;
              username: string;
              /** @description Instant, ISO 8601 in UTC */
              expiresAt: string | null;
              tunnels: {
                id: number;
                name: string;
                nodes: string[];
              }[];
              forwards: {
                id: number;
                name: string;
                status: number;
                pausedByUs: boolean;
              }[];
            } | null;
            changes: components['schemas']['ServiceChange'][];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getServicesServiceExplanation: {
    parameters: {
      query?: {
        at?: string;
      };
      header?: never;
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Explanation'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getUsage: {
    parameters: {
      query?: {
        panel?: string;
        product?: string;
        client?: string;
        service?: string;
        refresh?: 'true' | 'false';
        limit?: number;
        after?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            services: components['schemas']['Service'][];
            /** @description Number of all that match */
            total: number;
            /** @description The `after` of the next page; null on the last */
            next: string | null;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getServicesServiceUsageHistory: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            cycles: {
              id: string;
              /** @description Instant, ISO 8601 in UTC */
              start: string;
              /** @description Instant, ISO 8601 in UTC */
              end: string;
              usage: components['schemas']['UsageFigures'] | null;
              allowance: {
                unlimited: boolean;
                /** @description Bytes; null where unknown */
                baseBytes: number | null;
                /** @description Bytes */
                extraBytes: number;
                /** @description Bytes; null where unknown */
                allowedBytes: number | null;
              } | null;
            }[];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getServicesServiceGraph: {
    parameters: {
      query?: {
        range?: string | 'cycle';
        points?: number;
      };
      header?: never;
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SampleGraph'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getServicesServicePanelGraph: {
    parameters: {
      query?: {
        range?: string | 'cycle';
      };
      header?: never;
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['PanelGraph'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postPanelsPanelComparison: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        panel: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          rows: {
            [key: string]: string;
          }[];
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            services: {
              service: string;
              /** @description Bytes; null where unknown */
              usedBytes: number | null;
              /** @description Bytes; null where unknown */
              theirUsedBytes: number | null;
              held: boolean | null;
              theirHeld: boolean | null;
              agrees: boolean;
            }[];
            totals: {
              agree: number;
              differ: number;
              onlyOurs: number;
              onlyTheirs: number;
            };
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getHolds: {
    parameters: {
      query?: {
        open?: 'true' | 'false';
        limit?: number;
        after?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Holds'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getServicesServiceHolds: {
    parameters: {
      query?: {
        open?: 'true' | 'false';
        limit?: number;
        after?: string;
      };
      header?: never;
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            holds: components['schemas']['Hold'][];
            released: {
              service: string;
              until: string;
              note: string | null;
            }[];
            /** @description Number of all that match */
            total: number;
            /** @description The `after` of the next page; null on the last */
            next: string | null;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postServicesServiceHolds: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          dryRun?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CommandReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postServicesServiceHoldsRelease: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          dryRun?: boolean;
          until?: string | null;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CommandReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postServicesServiceHoldsAdopt: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          /**
           * @default quota
           * @enum {string}
           */
          reason?: 'quota' | 'billing' | 'manual';
          ports?: string[];
          order?: boolean;
          forwards?: string[];
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Service'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postHoldsReleaseAll: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          panel?: string;
          reason?: string;
          dryRun?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RunReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getOverrides: {
    parameters: {
      query?: {
        limit?: number;
        after?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            overrides: {
              service: string;
              /** @description Bytes; null where unknown */
              quotaBytes: number | null;
              unlimited: boolean;
              mode: string | null;
              action: string | null;
              /** @description Instant, ISO 8601 in UTC */
              since: string;
              /** @description Instant, ISO 8601 in UTC */
              until: string | null;
              note: string | null;
              panel: string | null;
              product: string | null;
              client: string | null;
            }[];
            /** @description Number of all that match */
            total: number;
            /** @description The `after` of the next page; null on the last */
            next: string | null;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getServicesServiceOverrides: {
    parameters: {
      query?: {
        limit?: number;
        after?: string;
      };
      header?: never;
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            overrides: {
              service: string;
              /** @description Bytes; null where unknown */
              quotaBytes: number | null;
              unlimited: boolean;
              mode: string | null;
              action: string | null;
              /** @description Instant, ISO 8601 in UTC */
              since: string;
              /** @description Instant, ISO 8601 in UTC */
              until: string | null;
              note: string | null;
              panel: string | null;
              product: string | null;
              client: string | null;
            }[];
            /** @description Number of all that match */
            total: number;
            /** @description The `after` of the next page; null on the last */
            next: string | null;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  putServicesServiceOverride: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          quota?: string | null;
          unlimited?: boolean;
          mode?: string | null;
          action?: string | null;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Service'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  deleteServicesServiceOverride: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            service: components['schemas']['Service'];
            ended: boolean;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postServicesServiceProvisionCreate: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          dryRun?: boolean;
          adopt?: boolean;
          customer?: string;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CommandReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postServicesServiceProvisionSuspend: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          dryRun?: boolean;
          /** @enum {string} */
          as?: 'billing' | 'manual';
          withDids?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CommandReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postServicesServiceProvisionUnsuspend: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          dryRun?: boolean;
          /** @enum {string} */
          as?: 'billing' | 'manual';
          withDids?: boolean;
          force?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CommandReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postServicesServiceProvisionRenew: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          dryRun?: boolean;
          /** @description Local date, YYYY-MM-DD */
          until?: string;
          ref?: string;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CommandReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postServicesServiceProvisionChangePackage: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          dryRun?: boolean;
          product: string;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CommandReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postServicesServiceProvisionChangePassword: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          dryRun?: boolean;
          password?: string;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CommandReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postServicesServiceProvisionTerminate: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          dryRun?: boolean;
          finalInvoice?: boolean;
          forfeitUnbilled?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CommandReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getPackages: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Packages'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getPurchases: {
    parameters: {
      query?: {
        limit?: number;
        after?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Purchases'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getServicesServicePurchases: {
    parameters: {
      query?: {
        limit?: number;
        after?: string;
      };
      header?: never;
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            purchases: components['schemas']['Purchase'][];
            /** @description Number of all that match */
            total: number;
            /** @description The `after` of the next page; null on the last */
            next: string | null;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postServicesServicePurchases: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          package: string;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            purchase: components['schemas']['PurchaseDetail'];
            repeated: boolean;
            /** @description Reasons of holds that are open or not undone yet */
            stillHeld: string[];
            /** @description Those of stillHeld whose hold has ended and is not undone on the panel yet */
            releasing: string[];
            error: components['schemas']['ItemError'] | null;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postPurchasesPurchaseCancel: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        purchase: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          refund?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            purchase: components['schemas']['PurchaseDetail'];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getServicesServiceAutoBuy: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            autoBuy: components['schemas']['AutoBuy'];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  putServicesServiceAutoBuy: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          enabled?: boolean;
          package?: string;
          threshold?: string;
          maxPerCycle?: number;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            autoBuy: components['schemas']['AutoBuy'];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  deleteServicesServiceAutoBuy: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            autoBuy: components['schemas']['AutoBuy'];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getClientsClientAutoBuy: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        client: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            autoBuy: components['schemas']['AutoBuy'];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  putClientsClientAutoBuy: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        client: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          enabled?: boolean;
          package?: string;
          threshold?: string;
          maxPerCycle?: number;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            autoBuy: components['schemas']['AutoBuy'];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  deleteClientsClientAutoBuy: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        client: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            autoBuy: components['schemas']['AutoBuy'];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getClientsClientCredit: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        client: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Credit'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postClientsClientCredit: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        client: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          amount: string;
          currency: string;
          ref?: string;
          /** @description What the client reads of it; default: Credit */
          description?: string;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            credit: components['schemas']['Credit'];
            booked: boolean;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getClientsClientCreditHistory: {
    parameters: {
      query?: {
        limit?: number;
        after?: string;
      };
      header?: never;
      path: {
        client: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            entries: {
              id: string;
              /** @description Instant, ISO 8601 in UTC */
              at: string;
              /** @description Decimal text */
              amount: string;
              /** @description Decimal text */
              balance: string;
              currency: string;
              /** @enum {string} */
              kind: 'credit' | 'payment' | 'refund';
              description: string;
              ref: string | null;
              /** @description For operators */
              note: string | null;
              /** @description For operators */
              actor: string | null;
            }[];
            /** @description Number of all that match */
            total: number;
            /** @description The `after` of the next page; null on the last */
            next: string | null;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getInvoices: {
    parameters: {
      query?: {
        client?: string;
        limit?: number;
        after?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Invoices'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getInvoicesInvoice: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        invoice: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Invoice'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postInvoicesInvoicePay: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        invoice: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            invoice: components['schemas']['Invoice'];
            credit: components['schemas']['Credit'];
            changed: boolean;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postInvoicesInvoiceCancel: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        invoice: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            invoice: components['schemas']['Invoice'];
            changed: boolean;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getAgents: {
    parameters: {
      query?: {
        panel?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Agents'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  putAgentLimits: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          panel?: string;
          rows: {
            [key: string]: string;
          }[];
          /** @description What the ledger begins with */
          opening?:
            | ('current' | 'zero')
            | {
                /** @description Bytes */
                bytes: number;
              };
          dryRun?: boolean;
          /** @description Accept a limit that is exceeded at once, so that users are disabled */
          acceptExceeded?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            agents: components['schemas']['AgentDetail'][];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getAgentsAgent: {
    parameters: {
      query?: {
        panel?: string;
      };
      header?: never;
      path: {
        agent: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AgentDetail'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getAgentsAgentExplanation: {
    parameters: {
      query?: {
        panel?: string;
      };
      header?: never;
      path: {
        agent: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AgentExplanation'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  putAgentsAgentLimit: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        agent: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          panel?: string;
          limitBytes: number | null;
          /** @description What the ledger begins with */
          opening?:
            | ('current' | 'zero')
            | {
                /** @description Bytes */
                bytes: number;
              };
          dryRun?: boolean;
          /** @description Accept a limit that is exceeded at once, so that users are disabled */
          acceptExceeded?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AgentDetail'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getAgentsAgentCanCreateUser: {
    parameters: {
      query: {
        panel?: string;
        limitBytes: number;
      };
      header?: never;
      path: {
        agent: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            allowed: boolean;
            reason: string | null;
            /** @description Bytes; null where unknown */
            remainingBytes: number | null;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postAgentsAgentUsers: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        agent: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          panel?: string;
          name: string;
          /** @description Bytes */
          limitBytes: number;
          days?: number;
          mode?: string;
          dryRun?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            user: {
              uuid: string | null;
              name: string;
              limitBytes: number;
              agent: string;
            };
            access: components['schemas']['CustomerAccess'] | null;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postAgentsAgentSuspend: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        agent: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          panel?: string;
          dryRun?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AgentReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postAgentsAgentUnsuspend: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        agent: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          panel?: string;
          dryRun?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AgentReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postAgentsAgentRestore: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        agent: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          panel?: string;
          dryRun?: boolean;
          force?: boolean;
          unsuspend?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AgentReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getPanels: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Panels'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postPanelsTest: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          panels?: string[];
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            panels: components['schemas']['PanelTest'][];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getProducts: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Products'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postPanelsPanelObserve: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        panel: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SwitchReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postPanelsPanelEnforce: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        panel: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          product?: string;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SwitchReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postPanelsPanelAsConfigured: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        panel: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          product?: string;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SwitchReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postPanelsPanelPlanEnforcing: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        panel: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          product?: string;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RunReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getDoctor: {
    parameters: {
      query?: {
        panel?: string;
        contract?: 'true' | 'false';
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DoctorReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postClockAccept: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          panel?: string;
          contract?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DoctorReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getRelayTunnels: {
    parameters: {
      query?: {
        panel?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            tunnels: {
              id: number;
              name: string;
              type: number;
              status: number;
              multiplier: number;
              ratio: number;
            }[];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getRelayUsers: {
    parameters: {
      query?: {
        panel?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            users: {
              id: number;
              name: string;
              status: number;
              usedBytes: number;
              quotaBytes: number;
              /** @description Instant, ISO 8601 in UTC */
              expiresAt: string | null;
              service: string | null;
            }[];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getRelaySpeedLimits: {
    parameters: {
      query?: {
        panel?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            speedLimits: {
              id: number;
              name: string;
              speedMbit: number;
              tunnel: {
                id: number;
                name: string;
              };
              products: string[];
            }[];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getRelayTunnelGroups: {
    parameters: {
      query?: {
        panel?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            tunnelGroups: {
              id: number;
              name: string;
              tunnels: {
                id: number;
                name: string | null;
              }[];
              products: string[];
            }[];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getServicesServiceLoginLink: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @description Address of the panel for customers: panels.X.publicUrl, or its url if that is public */
            url: string | null;
            username: string;
            /** @constant */
            singleSignOn: false;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postCallsBill: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          service?: string;
          invoice?: string;
          /** @description previous-month, YYYY-MM, or FROM..TO */
          period?: string;
          final?: boolean;
          resend?: boolean;
          zeroLine?: boolean;
          allowUnrated?: boolean;
          verifyRating?: boolean;
          dryRun?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            run: components['schemas']['PanelsRun'];
            bills: components['schemas']['CallBill'][];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getCalls: {
    parameters: {
      query?: {
        direction?: 'inbound' | 'outbound';
        day?: string;
        from?: string;
        to?: string;
        panel?: string;
        did?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            panel: string;
            period: {
              /** @description Instant, ISO 8601 in UTC */
              from: string;
              /** @description Instant, ISO 8601 in UTC */
              to: string;
              timeZone: string;
            };
            provisional: boolean;
            totals: {
              calls: number;
              billedSeconds: number | null;
              /** @description Decimal text */
              charge: string;
              currency: string;
            };
            /** @description Who had the number of the query in this time, as far as Sluice gave or took it; null without a number */
            owners:
              | {
                  service: string;
                  client: string | null;
                  /** @description Instant, ISO 8601 in UTC */
                  from: string | null;
                  /** @description Instant, ISO 8601 in UTC */
                  to: string | null;
                }[]
              | null;
            calls: components['schemas']['Call'][];
            /** @description Whether calls are left out of `calls`; `totals` count all */
            truncated: boolean;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getServicesServiceCalls: {
    parameters: {
      query?: {
        direction?: 'inbound' | 'outbound';
        day?: string;
        from?: string;
        to?: string;
      };
      header?: never;
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            panel: string;
            period: {
              /** @description Instant, ISO 8601 in UTC */
              from: string;
              /** @description Instant, ISO 8601 in UTC */
              to: string;
              timeZone: string;
            };
            provisional: boolean;
            totals: {
              calls: number;
              billedSeconds: number | null;
              /** @description Decimal text */
              charge: string;
              currency: string;
            };
            /** @description Who had the number of the query in this time, as far as Sluice gave or took it; null without a number */
            owners:
              | {
                  service: string;
                  client: string | null;
                  /** @description Instant, ISO 8601 in UTC */
                  from: string | null;
                  /** @description Instant, ISO 8601 in UTC */
                  to: string | null;
                }[]
              | null;
            calls: components['schemas']['Call'][];
            /** @description Whether calls are left out of `calls`; `totals` count all */
            truncated: boolean;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getServicesServiceCallReport: {
    parameters: {
      query: {
        period: string;
        remote?: 'true' | 'false';
      };
      header?: never;
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            reports: {
              service: string;
              period: {
                /** @description Instant, ISO 8601 in UTC */
                from: string;
                /** @description Instant, ISO 8601 in UTC */
                to: string;
                timeZone: string;
              };
              calls: number | null;
              billedSeconds: number | null;
              total: string | null;
              currency: string;
              /** @description Whether the period is not over, so that its calls may still arrive or change */
              provisional: boolean;
              /** @description Name of the file; its text is in `files` */
              csv: string;
            }[];
            files: {
              name: string;
              text: string;
            }[];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getClientsClientCallReport: {
    parameters: {
      query: {
        period: string;
        remote?: 'true' | 'false';
      };
      header?: never;
      path: {
        client: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            reports: {
              service: string;
              period: {
                /** @description Instant, ISO 8601 in UTC */
                from: string;
                /** @description Instant, ISO 8601 in UTC */
                to: string;
                timeZone: string;
              };
              calls: number | null;
              billedSeconds: number | null;
              total: string | null;
              currency: string;
              /** @description Whether the period is not over, so that its calls may still arrive or change */
              provisional: boolean;
              /** @description Name of the file; its text is in `files` */
              csv: string;
            }[];
            files: {
              name: string;
              text: string;
            }[];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postCallsSimulate: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          destination: string;
          seconds: number;
          service?: string;
          plan?: string;
          panel?: string;
          at?: string;
          local?: boolean;
          /** @enum {string} */
          incrementBase?: 'after-initial' | 'whole-duration';
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SimulatedCall'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getCallsReconciliation: {
    parameters: {
      query?: {
        service?: string;
        period?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            bills: {
              service: string | null;
              line: string;
              bill: string | null;
              period: {
                /** @description Instant, ISO 8601 in UTC */
                from: string;
                /** @description Instant, ISO 8601 in UTC */
                to: string;
                timeZone: string;
              };
              currency: string;
              billed: {
                calls: number;
                /** @description Decimal text */
                total: string;
              };
              now: {
                calls: number;
                /** @description Decimal text */
                total: string;
              };
              /** @description Decimal text */
              difference: string;
              late: string[];
              missing: string[];
              changed: string[];
            }[];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getServicesServiceLine: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Line'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  patchServicesServiceLine: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          callerId: string;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Line'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  patchServicesServiceNumbersNumber: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        service: string;
        number: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          destination: string;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Line'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postDidsNumberLink: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        number: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          service: string;
          addon?: string;
          areaCode?: string;
          carrier?: string;
          channels?: number;
          destination?: string;
          dryRun?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DidReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  patchDidsNumber: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        number: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          panel?: string;
          dryRun?: boolean;
          /** @description Keys with texts, as an import has them */
          values?: {
            [key: string]: string;
          };
          unlink?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DidReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postDidsNumberSuspend: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        number: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          panel?: string;
          dryRun?: boolean;
          addon?: string;
          areaCode?: string;
          service?: string;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DidReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postDidsNumberUnsuspend: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        number: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          panel?: string;
          dryRun?: boolean;
          addon?: string;
          areaCode?: string;
          service?: string;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DidReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postDidsNumberRelease: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        number: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          panel?: string;
          dryRun?: boolean;
          addon?: string;
          areaCode?: string;
          service?: string;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DidReport'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getTelephonyResource: {
    parameters: {
      query?: {
        panel?: string;
        filter?: string | string[];
      };
      header?: never;
      path: {
        resource: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TelephonyRecords'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postTelephonyResource: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        resource: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          panel?: string;
          /** @description Keys with texts, as an import has them */
          values: {
            [key: string]: string;
          };
          dryRun?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TelephonyChange'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getTelephonyResourceId: {
    parameters: {
      query?: {
        panel?: string;
      };
      header?: never;
      path: {
        resource: string;
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TelephonyRecords'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  deleteTelephonyResourceId: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        resource: string;
        id: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          panel?: string;
          dryRun?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TelephonyChange'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  patchTelephonyResourceId: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        resource: string;
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          panel?: string;
          /** @description Keys with texts, as an import has them */
          values: {
            [key: string]: string;
          };
          dryRun?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TelephonyChange'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getMe: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            name: string;
            client: string | null;
            read: boolean;
            operate: boolean;
            tokens: boolean;
            buy: boolean;
            manage: boolean;
            password: boolean;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postRuns: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @enum {string} */
          command: 'poll' | 'reconcile' | 'plan' | 'agent check';
          panel?: string;
          /** @description poll, reconcile and plan */
          service?: string;
          /** @description agent check */
          agent?: string;
          dryRun?: boolean;
          allowMass?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Task'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getRunsRun: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        run: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Task'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getLog: {
    parameters: {
      query?: {
        kind?: ('run' | 'action' | 'refresh' | 'api') | ('run' | 'action' | 'refresh' | 'api')[];
        service?: string;
        panel?: string;
        since?: string;
        limit?: number;
        after?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            entries: components['schemas']['LogEntry'][];
            /** @description The `after` of the next page; null on the last */
            next: string | null;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postActionsActionResolve: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        action: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          done: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            action: components['schemas']['LogEntry'];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getTokens: {
    parameters: {
      query?: {
        limit?: number;
        after?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            tokens: components['schemas']['Token'][];
            /** @description Number of all that match */
            total: number;
            /** @description The `after` of the next page; null on the last */
            next: string | null;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postTokens: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          name: string;
          scopes: string[];
          /** Format: date-time */
          expiresAt?: string;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @description Shown once: null in the answer to a repeated request */
            token: string | null;
            access: components['schemas']['Token'];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postShareLinks: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          client: string;
          /** Format: date-time */
          expiresAt?: string;
          /** @description Instead of expiresAt */
          validSeconds?: number;
          mayBuy?: boolean;
          maxAmount?: string;
          mayManage?: boolean;
          mayChangePassword?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @description Shown once: null in the answer to a repeated request */
            token: string | null;
            access: components['schemas']['Token'];
            /** @description Where clients reach the page, by serve.publicUrl; null without one, and in the answer to a repeated request */
            url: string | null;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  deleteTokensToken: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        token: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          withMade?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            id: string;
            name: string;
            /** @enum {string} */
            kind: 'api' | 'share';
            scopes: (('read' | 'operate' | 'tokens' | 'buy' | 'manage' | 'password') | string)[];
            client: string | null;
            rights: {
              buy: boolean;
              maxAmount: string | null;
              manage: boolean;
              changePassword: boolean;
            } | null;
            /** @description Instant, ISO 8601 in UTC */
            createdAt: string;
            /** @description Who, or the id of the token that made it */
            createdBy: string;
            /** @description Instant, ISO 8601 in UTC */
            expiresAt: string | null;
            /** @description Instant, ISO 8601 in UTC */
            revokedAt: string | null;
            /** @description Instant, ISO 8601 in UTC */
            lastUsedAt: string | null;
            /** @description The valid tokens and links that it made, and those that they made */
            made: components['schemas']['Token'][];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getOverview: {
    parameters: {
      query?: {
        panel?: string;
        product?: string;
        client?: string;
        status?:
          | 'failed'
          | 'unreadable'
          | 'doubted'
          | 'over'
          | 'held'
          | 'ok'
          | 'unmanaged'
          | 'skipped'
          | 'would-be-held'
          | 'not-read';
        search?: string;
        drifting?: 'true' | 'false';
        order?: 'worst' | 'remaining' | 'share' | 'used' | 'id' | 'client';
        page?: number;
        size?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Overview'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getServicesServiceLastPanelGraph: {
    parameters: {
      query?: {
        range?: string | 'cycle';
      };
      header?: never;
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            graph: {
              service: string;
              panel: string;
              window: {
                /** @description Instant, ISO 8601 in UTC */
                start: string;
                /** @description Instant, ISO 8601 in UTC */
                end: string;
                cycle: string | null;
              };
              timeZone: string;
              /** @description Instant, ISO 8601 in UTC */
              readAt: string | null;
              figures: {
                times: {
                  /** @description Instant, ISO 8601 in UTC */
                  at: string | null;
                  label: string;
                }[];
                series: {
                  name: string;
                  values: (number | null)[];
                }[];
                unit: string | null;
              } | null;
              /** @description PNG, base64 */
              picture: string | null;
              expired: boolean;
            } | null;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getServicesServiceCustomerFields: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            service: string;
            fields: string[];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getCallBills: {
    parameters: {
      query?: {
        service?: string;
        client?: string;
        limit?: number;
        after?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            bills: components['schemas']['StoredBill'][];
            /** @description Number of all that match */
            total: number;
            /** @description The `after` of the next page; null on the last */
            next: string | null;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getCallBillsBillReport: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        bill: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            name: string;
            text: string;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getStoredAgents: {
    parameters: {
      query?: {
        panel?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            agents: components['schemas']['AgentDetail'][];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getClientsClientAgents: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        client: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            agents: components['schemas']['AgentDetail'][];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getNoticesAlarms: {
    parameters: {
      query?: {
        service?: string;
        panel?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            alarms: components['schemas']['Alarm'][];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postNoticesAlarmAck: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path: {
        alarm: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          /** @default false */
          undo?: boolean;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            alarm: components['schemas']['Alarm'];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getNotices: {
    parameters: {
      query?: {
        state?: 'pending' | 'sent' | 'given-up';
        limit?: number;
        after?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            deliveries: components['schemas']['Delivery'][];
            /** @description Number of all that match */
            total: number;
            /** @description The `after` of the next page; null on the last */
            next: string | null;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postNoticesSend: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            sent: number;
            failed: number;
            givenUp: number;
            busy: boolean;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  postNoticesTest: {
    parameters: {
      query?: never;
      header?: {
        /** @description New for each request; a repeated request with the same key returns the first answer */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          channel?: string;
          /** @description Why, for the log */
          note?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            channels: {
              channel: string;
              kind: string;
              ok: boolean;
              error: components['schemas']['ItemError'] | null;
            }[];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getEmbeddedServicesService: {
    parameters: {
      query: {
        for: 'customer' | 'staff';
      };
      header?: never;
      path: {
        service: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            service: string;
            /** @description Plain text, to be escaped */
            title: string;
            /** @description Plain text, to be escaped */
            summary: string;
            /** @description Instant, ISO 8601 in UTC */
            readAt: string | null;
            /** @description IANA zone of the times in its parts; to be named beside them */
            timeZone: string;
            parts: components['schemas']['EmbeddedPart'][];
            packages: {
              package: string;
              /** @description Plain text, to be escaped */
              label: string;
            }[];
            /** @description Purchases that count once their invoice is paid; the newest first */
            unpaid: {
              package: string;
              invoice: string;
            }[];
            /** @description What the client can spend on packages; null where it is not known, or nothing is on offer */
            credit: string | null;
            /** @description Whether the panel has a page where the client logs in, at an address that clients are shown */
            loginLink: boolean;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getEmbeddedClientsClient: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        client: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            client: string;
            /** @description IANA zone of the times in its parts; to be named beside them */
            timeZone: string;
            parts: components['schemas']['EmbeddedPart'][];
            services: {
              service: string;
              /** @description Plain text, to be escaped */
              title: string;
              /** @description Plain text, to be escaped */
              summary: string;
            }[];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getEmbeddedOverview: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @description IANA zone of the times in its parts; to be named beside them */
            timeZone: string;
            parts: components['schemas']['EmbeddedPart'][];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getRunsRunEvents: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        run: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A stream */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/event-stream': string;
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getLogFollow: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A stream */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/event-stream': string;
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getLogExport: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A stream */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/x-ndjson': string;
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getAgentTrafficAgentsTraffic: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            agents: {
              /** @description The uuid */
              agent_id: string;
              agent_name: string;
              agent_uuid: string;
              total_traffic_bytes: number;
              /** @description GB of 1024³ bytes */
              total_traffic_GB: number;
              traffic_limit_GB: number | null;
              remaining_traffic_GB: number | null;
              is_limit_exceeded: boolean;
              users_count: number;
            }[];
            count: number;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AgentTrafficError'];
        };
      };
    };
  };
  getAgentTrafficAgentsAgentTraffic: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        agent: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AgentTrafficStats'];
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AgentTrafficError'];
        };
      };
    };
  };
  putAgentTrafficAgentsAgentTrafficLimit: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        agent: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @description GB of 1024³ bytes */
          traffic_limit_GB: number | null;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            message: string;
            agent_id: string;
            traffic_limit_GB: number | null;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AgentTrafficError'];
        };
      };
    };
  };
  postAgentTrafficAgentsAgentCheck: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        agent: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            message: string;
            was_exceeded: boolean;
            stats: components['schemas']['AgentTrafficStats'];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AgentTrafficError'];
        };
      };
    };
  };
  postAgentTrafficAgentsCheckAll: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            message: string;
            exceeded_agents_count: number;
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AgentTrafficError'];
        };
      };
    };
  };
  postAgentTrafficAgentsAgentCanCreateUser: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        agent: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @description GB of 1024³ bytes */
          user_traffic_limit_GB: number | null;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            can_create: boolean;
            error_message: string | null;
            agent_stats: components['schemas']['AgentTrafficStats'];
          };
        };
      };
      /** @description Error */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AgentTrafficError'];
        };
      };
    };
  };
}
