/** A service as the panel sends it to a node. */
export interface ServiceConfig {
  readonly name: string;
  readonly addr: string;
  readonly listener?: { readonly type?: string };
  readonly forwarder?: { readonly nodes?: readonly { readonly addr: string }[] };
  readonly limiter?: string;
}

/** A service on a node. */
export interface NodeService {
  readonly addr: string;
  readonly protocol: string;
  readonly targets: readonly string[];
  readonly limiter: string | null;
  paused: boolean;
}

/** A TCP connection through a service. It keeps its initial target and speed. */
export interface NodeConnection {
  /** The name of the service, under which its bytes are reported as long as it lives. */
  readonly service: string;
  readonly addr: string;
  readonly targets: readonly string[];
  /** MB of 2^20 bytes per second each way; null without a limit. */
  readonly megabytesPerSecond: number | null;
  open: boolean;
}

interface NamesOnly {
  readonly services?: readonly string[];
}

/**
 * The state of a node's agent and its handling of the panel's commands (docs/panels/flvx.md, 5.4, 6.3 and 6.4): a table of services, running or
 * paused, the limits with the speed they were first added with, and the connections, which only a pause cuts.
 */
export class NodeAgent {
  readonly limiters = new Map<string, string>();
  /** The node has `tcpkill`: with it a pause closes open connections on the port, without it nothing does. */
  tcpkill = true;
  #connections: NodeConnection[] = [];
  /** The speed of each service's limiter at its last push. */
  readonly #speeds = new Map<string, string | null>();
  readonly #services = new Map<string, NodeService>();
  /** The names of the services on each protocol and address, so that a busy port is found without a scan. */
  readonly #onAddress = new Map<string, Set<string>>();

  /** The services by name. */
  get services(): ReadonlyMap<string, NodeService> {
    return this.#services;
  }

  /** Whether any service, running or paused, is on a TCP address. */
  hasServiceOn(addr: string): boolean {
    return (this.#onAddress.get(`tcp ${addr}`)?.size ?? 0) > 0;
  }

  /** MB of 2^20 bytes per second that a new connection through the service gets; null without a limit. */
  findSpeed(name: string): number | null {
    const told = /^\$ (\d+\.\d)MB /.exec(this.#speeds.get(name) ?? '')?.[1];
    return told === undefined || Number(told) === 0 ? null : Number(told);
  }

  /** A customer's client connects; null for a missing or paused service. */
  connect(name: string): NodeConnection | null {
    const service = this.#services.get(name);
    if (service === undefined || service.paused) return null;
    const { addr, targets } = service;
    const made = { service: name, addr, targets, megabytesPerSecond: this.findSpeed(name), open: true };
    this.#connections.push(made);
    return made;
  }

  #cut(addr: string | null): void {
    for (const one of this.#connections) if (addr === null || one.addr === addr) one.open = false;
    this.#connections = this.#connections.filter((one) => one.open);
  }

  /** Executes a command; returns null, or the text of the agent's error. */
  obey(type: string, data: unknown): string | null {
    switch (type) {
      case 'AddService':
        return this.#add(data as readonly ServiceConfig[]);
      case 'UpdateService':
        return this.#update(data as readonly ServiceConfig[]);
      case 'PauseService':
        return this.#mark((data as NamesOnly).services ?? [], true);
      case 'ResumeService':
        return this.#mark((data as NamesOnly).services ?? [], false);
      case 'DeleteService':
        for (const name of (data as NamesOnly).services ?? []) this.#drop(name);
        return null;
      case 'AddLimiters': {
        const { name, limits } = data as { readonly name: string; readonly limits: readonly string[] };
        if (this.limiters.has(name)) return `limiter ${name} already exists`;
        this.limiters.set(name, limits.join(' '));
        return null;
      }
      case 'DeleteLimiters':
        this.limiters.delete((data as { readonly limiter: string }).limiter);
        return null;
      default:
        return `unknown command ${type}`;
    }
  }

  /** Restarts the agent: paused services run again, unless their port is in use, and all connections end. */
  restart(): void {
    this.#cut(null);
    for (const [name, service] of this.#services) {
      if (service.paused && !this.#taken(name, service.addr, service.protocol)) service.paused = false;
    }
  }

  #taken(name: string, addr: string, protocol: string): boolean {
    for (const other of this.#onAddress.get(`${protocol} ${addr}`) ?? []) {
      if (other !== name && this.#services.get(other)?.paused === false) return true;
    }
    return false;
  }

  #drop(name: string): void {
    const service = this.#services.get(name);
    if (service === undefined) return;
    this.#services.delete(name);
    this.#speeds.delete(name);
    this.#onAddress.get(`${service.protocol} ${service.addr}`)?.delete(name);
  }

  #refusal(config: ServiceConfig): string | null {
    const protocol = config.listener?.type ?? '';
    return this.#taken(config.name, config.addr, protocol)
      ? `create service ${config.name} failed: listen ${protocol}4 ${config.addr}: bind: address already in use`
      : null;
  }

  #put(config: ServiceConfig): void {
    const { name, addr, limiter = null } = config;
    const protocol = config.listener?.type ?? '';
    const targets = (config.forwarder?.nodes ?? []).map((node) => node.addr);
    this.#services.set(name, { addr, protocol, targets, limiter, paused: false });
    this.#speeds.set(name, limiter === null ? null : (this.limiters.get(limiter) ?? null));
    const names = this.#onAddress.get(`${protocol} ${addr}`);
    if (names === undefined) this.#onAddress.set(`${protocol} ${addr}`, new Set([name]));
    else names.add(name);
  }

  #add(configs: readonly ServiceConfig[]): string | null {
    for (const config of configs) {
      const refusal = this.#services.has(config.name) ? `service ${config.name} already exists` : this.#refusal(config);
      if (refusal !== null) return refusal;
    }
    for (const config of configs) this.#put(config);
    return null;
  }

  #update(configs: readonly ServiceConfig[]): string | null {
    for (const config of configs) {
      this.#drop(config.name);
      const refusal = this.#refusal(config);
      if (refusal !== null) return refusal;
      this.#put(config);
    }
    return null;
  }

  #mark(names: readonly string[], paused: boolean): string | null {
    for (const name of names) {
      const service = this.#services.get(name);
      if (service === undefined) return `service ${name} not found`;
      service.paused = paused;
      if (paused && this.tcpkill) this.#cut(service.addr);
    }
    return null;
  }
}
