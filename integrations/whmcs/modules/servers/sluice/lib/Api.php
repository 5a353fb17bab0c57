<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** Calls of the HTTP API of `sluice serve`. Each call is in the module log, without secrets. */
final class Api
{
    private const BASE = '/api/v1';
    private const LONGEST_LOGGED = 1_000_000;

    private readonly Http $http;
    private bool $wasReplayed = false;

    /**
     * @param int $seconds how long a call may take
     * @param int $bytes how long an answer may be: PHP needs about ten times as much memory
     */
    public function __construct(private readonly Connection $connection, int $seconds = 60, int $bytes = 4_000_000)
    {
        $this->http = new Http($connection, $seconds, $bytes);
    }

    /**
     * Reads a document.
     *
     * @param string $path below `/api/v1`, with encoded parts
     * @param array<string, string> $query
     *
     * @return array<array-key, mixed>
     *
     * @throws ApiError
     */
    public function get(string $path, array $query = []): array
    {
        return $this->send('GET', $path . ($query === [] ? '' : '?' . http_build_query($query)), null, null);
    }

    /**
     * @param array<string, mixed> $body
     * @param string|null $key the idempotency key; null for a request that changes nothing
     *
     * @return array<array-key, mixed>
     *
     * @throws ApiError
     */
    public function post(string $path, array $body, ?string $key): array
    {
        return $this->send('POST', $path, $body, $key);
    }

    /**
     * @param array<string, mixed> $body
     *
     * @return array<array-key, mixed>
     *
     * @throws ApiError
     */
    public function put(string $path, array $body, string $key): array
    {
        return $this->send('PUT', $path, $body, $key);
    }

    /**
     * @param array<string, mixed> $body
     *
     * @return array<array-key, mixed>
     *
     * @throws ApiError
     */
    public function patch(string $path, array $body, string $key): array
    {
        return $this->send('PATCH', $path, $body, $key);
    }

    /** Returns the HTTP status of a page of Sluice; 0 without an answer. Nothing of it is logged: the path is a secret. */
    public function pageStatus(string $path): int
    {
        return $this->http->send('GET', $this->connection->address . $path, null, null)['status'];
    }

    /** Returns whether the last answer was that of an earlier request with the same key. */
    public function wasReplayed(): bool
    {
        return $this->wasReplayed;
    }

    /** Returns the idempotency keys of requests that this connection sends. */
    public function keys(): Keys
    {
        return new Keys($this->connection->token);
    }

    /**
     * @param array<string, mixed>|null $body
     *
     * @return array<array-key, mixed>
     *
     * @throws ApiError
     */
    private function send(string $method, string $path, ?array $body, ?string $key): array
    {
        $address = $this->connection->address . self::BASE . $path;
        $answer = $this->http->send($method, $address, $body === null ? null : self::encode($body), $key);
        $this->wasReplayed = $answer['wasReplayed'];
        $parsed = $this->parse($answer['text']);
        $this->log(['method' => $method, 'address' => $address, 'key' => $key, 'body' => $body], $answer, $parsed);
        $failures = new Failures($this->connection, $key !== null);
        if ($answer['errno'] !== 0) {
            throw $failures->ofConnection($answer);
        }
        if ($parsed === null || $answer['status'] < 200 || $answer['status'] >= 300) {
            throw $failures->ofAnswer($answer, $parsed);
        }
        return $parsed;
    }

    /** @param array<string, mixed> $body */
    private static function encode(array $body): string
    {
        $flags = JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE;
        return $body === [] ? '{}' : json_encode($body, $flags);
    }

    /** @return array<array-key, mixed>|null null for anything but a JSON object or list */
    private function parse(string $text): ?array
    {
        $value = json_decode($text, true, 64);
        if (!is_array($value)) {
            return null;
        }
        // What is before Sluice may repeat headers of the request in its answer.
        array_walk_recursive($value, function (mixed &$one): void {
            $one = is_string($one) ? str_replace($this->connection->token, Secrets::MASK, $one) : $one;
        });
        return $value;
    }

    /**
     * @param array<string, mixed> $request
     * @param array{status: int, text: string, errno: int, problem: string, wasSent: bool, seconds: int} $answer
     * @param array<array-key, mixed>|null $parsed
     */
    private function log(array $request, array $answer, ?array $parsed): void
    {
        if (strlen($answer['text']) > self::LONGEST_LOGGED) {
            // The copies without secrets would need several times the memory of the answer.
            $answer['text'] = 'An answer of ' . strlen($answer['text']) . ' bytes, which is not logged.';
            $parsed = null;
        }
        $secrets = new Secrets([$this->connection->token]);
        $secrets->collect($request);
        $secrets->collect($parsed ?? []);
        $method = is_string($request['method'] ?? null) ? $request['method'] : '';
        $path = is_string($request['address'] ?? null) ? (string) parse_url($request['address'], PHP_URL_PATH) : '';
        $status = $answer['status'] === 0 ? $answer['problem'] : "HTTP {$answer['status']}";
        // The text of a JSON answer may have secrets in another spelling, so that its parsed form is logged in its place.
        $text = $parsed === null ? $secrets->masked(mb_substr(mb_scrub($answer['text'], 'UTF-8'), 0, 2000)) : '';
        logModuleCall(
            'sluice',
            $secrets->masked($method . ' ' . substr($path, strlen(self::BASE))),
            self::pretty($secrets->maskedValues($request)),
            trim("$status\n$text"),
            $parsed === null ? '' : self::pretty($secrets->maskedValues($parsed)),
            $secrets->values()
        );
    }

    /** @param array<array-key, mixed> $values */
    private static function pretty(array $values): string
    {
        $flags = JSON_INVALID_UTF8_SUBSTITUTE | JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE;
        return (string) json_encode($values, $flags);
    }
}
