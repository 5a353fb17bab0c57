<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

use WHMCS\Database\Capsule;

/** Where `sluice serve` is, and the token for it. */
final class Connection
{
    private function __construct(
        /** Without a path, such as `https://sluice.example.com`. */
        public readonly string $address,
        public readonly string $token
    ) {
    }

    /**
     * Returns the connection that a server of WHMCS names: host name or IP address, port, "Secure", and the token as password.
     *
     * @param array<array-key, mixed> $params the parameters of a module function
     *
     * @throws Refusal
     */
    public static function ofServer(array $params): self
    {
        $data = new Data($params);
        $host = trim($data->text('serverhostname')) ?: trim($data->text('serverip'));
        if ($host === '') {
            throw new Refusal('The product has no server: add a server with the address of Sluice and assign it to the product.');
        }
        $port = trim($data->text('serverport'));
        $scheme = $data->isTrue('serversecure') ? 'https' : 'http';
        return self::ofAddress("$scheme://" . self::bracketed($host) . ($port === '' || $port === '0' ? '' : ":$port"), $data->text('serverpassword'));
    }

    /**
     * Returns the connection that the settings of the addon module name.
     *
     * @throws Refusal
     */
    public static function ofAddon(): self
    {
        $settings = [];
        foreach (Capsule::table('tbladdonmodules')->where('module', 'sluice')->get(['setting', 'value']) as $row) {
            $data = new Data((array) $row);
            $settings[$data->text('setting')] = $data->text('value');
        }
        $address = trim($settings['address'] ?? '');
        if ($address === '') {
            throw new Refusal('The addon module has no address: enter that of Sluice in its settings.');
        }
        return self::ofAddress($address, self::decrypted($settings['token'] ?? ''));
    }

    /**
     * Checks an address and a token.
     *
     * @throws Refusal
     */
    public static function ofAddress(string $address, string $token): self
    {
        $parts = parse_url(rtrim($address, '/'));
        $host = $parts['host'] ?? '';
        $scheme = $parts['scheme'] ?? '';
        $extra = $parts === false ? ['bad'] : array_diff(array_keys($parts), ['scheme', 'host', 'port']);
        if ($host === '' || $extra !== [] || ($scheme !== 'http' && $scheme !== 'https')) {
            throw new Refusal('The address of Sluice is not valid: it is like https://sluice.example.com, without a path.');
        }
        if ($scheme === 'http' && !self::isNear($host)) {
            throw new Refusal('The token would be sent unencrypted: switch on "Secure" for the server, or use an address of this network.');
        }
        $trimmed = trim($token);
        if (preg_match('/^[\x21-\x7e]+$/', $trimmed) !== 1) {
            throw new Refusal('The token is missing or not valid: the password of the server is a token with the scope operate.');
        }
        return new self(rtrim($address, '/'), $trimmed);
    }

    private static function bracketed(string $host): string
    {
        return filter_var($host, FILTER_VALIDATE_IP, FILTER_FLAG_IPV6) === false ? $host : "[$host]";
    }

    /** Returns whether a host is this machine or in a private network. */
    private static function isNear(string $host): bool
    {
        $address = trim($host, '[]');
        if (filter_var($address, FILTER_VALIDATE_IP) !== false) {
            $public = FILTER_FLAG_NO_PRIV_RANGE | FILTER_FLAG_NO_RES_RANGE;
            return filter_var($address, FILTER_VALIDATE_IP, $public) === false;
        }
        return !str_contains($address, '.');
    }

    /** WHMCS stores settings of the type password encrypted in newer versions, and as text in older ones. */
    private static function decrypted(string $value): string
    {
        if ($value === '' || !function_exists('localAPI')) {
            return $value;
        }
        $answer = new Data((array) localAPI('DecryptPassword', ['password2' => $value]));
        $plain = $answer->text('password');
        return preg_match('/^[\x21-\x7e]+$/', $plain) === 1 ? $plain : $value;
    }
}
