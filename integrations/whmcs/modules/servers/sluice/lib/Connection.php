<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

use Throwable;
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
            $isPrivate = filter_var($address, FILTER_VALIDATE_IP, FILTER_FLAG_NO_PRIV_RANGE) === false;
            return $isPrivate || preg_match('/^(127\.|169\.254\.|::1$|fe[89ab][0-9a-f]:)/i', $address) === 1;
        }
        // A name without a dot; a number is an address in another spelling.
        return preg_match('/^(?!0x)[a-z0-9_-]*[a-z][a-z0-9_-]*$/iD', $address) === 1;
    }

    /**
     * WHMCS stores settings of the type password encrypted in newer versions, and as text in older ones.
     *
     * @throws Refusal
     */
    private static function decrypted(string $value): string
    {
        if ($value === '' || !function_exists('localAPI')) {
            return $value;
        }
        try {
            $answer = new Data((array) localAPI('DecryptPassword', ['password2' => $value]));
        } catch (Throwable) {
            $answer = new Data([]);
        }
        $plain = $answer->text('password');
        if (preg_match('/^[\x21-\x7e]+$/D', $plain) === 1) {
            return $plain;
        }
        // Only a token may be sent, never what WHMCS keeps encrypted.
        if ($answer->text('result') !== 'success' && !str_starts_with(trim($value), 'sluice_')) {
            throw new Refusal('WHMCS did not decrypt the token of the addon module: enter it again in its settings.');
        }
        return $value;
    }
}
