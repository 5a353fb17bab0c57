<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** Sends requests. Certificates are checked, redirects are not followed, and answers have a limit. */
final class Http
{
    private const CONNECT_SECONDS = 5;
    /** A constant of WHMCS's `configuration.php`, for web servers that end a request early: the most seconds of a call. */
    private const MOST_SECONDS = 'SLUICE_MOST_SECONDS';

    private readonly int $seconds;

    public function __construct(private readonly Connection $connection, int $seconds, private readonly int $bytes)
    {
        $most = defined(self::MOST_SECONDS) ? constant(self::MOST_SECONDS) : null;
        $this->seconds = is_int($most) && $most > 0 ? min($seconds, $most) : $seconds;
    }

    /**
     * Sends a request; a failure of the connection is in `errno` and `problem`.
     *
     * @return array{status: int, text: string, errno: int, problem: string, wasSent: bool, wasReplayed: bool, seconds: int}
     *     `wasSent`: whether the server may have the request; `wasReplayed`: whether the answer is that of an earlier request
     */
    public function send(string $method, string $address, ?string $body, ?string $key): array
    {
        $headers = ['Authorization: Bearer ' . $this->connection->token, 'Accept: application/json', 'Expect:'];
        if ($body !== null) {
            $headers[] = 'Content-Type: application/json';
        }
        if ($key !== null) {
            $headers[] = "Idempotency-Key: $key";
        }
        $text = '';
        $wasReplayed = false;
        $curl = curl_init();
        curl_setopt_array($curl, [
            CURLOPT_URL => $address,
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_HTTPHEADER => $headers,
            CURLOPT_CONNECTTIMEOUT => min(self::CONNECT_SECONDS, $this->seconds),
            CURLOPT_TIMEOUT => $this->seconds,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            // A web server may set the variable of the proxy from a header of a visitor.
            CURLOPT_PROXY => '',
            CURLOPT_SSL_VERIFYPEER => true,
            CURLOPT_SSL_VERIFYHOST => 2,
            CURLOPT_USERAGENT => 'sluice-whmcs',
            CURLOPT_HEADERFUNCTION => static function (mixed $handle, string $line) use (&$wasReplayed): int {
                $wasReplayed = $wasReplayed || preg_match('/^idempotency-replayed:\s*true\s*$/i', $line) === 1;
                return strlen($line);
            },
            CURLOPT_WRITEFUNCTION => function (mixed $handle, string $part) use (&$text): int {
                $text .= $part;
                return strlen($text) > $this->bytes ? 0 : strlen($part);
            },
        ] + ($body === null ? [] : [CURLOPT_POSTFIELDS => $body]));
        curl_exec($curl);
        $errno = curl_errno($curl);
        return [
            'status' => (int) curl_getinfo($curl, CURLINFO_RESPONSE_CODE),
            'text' => $text,
            'errno' => $errno,
            'problem' => $errno === 0 ? '' : curl_error($curl),
            'wasSent' => (int) curl_getinfo($curl, CURLINFO_REQUEST_SIZE) > 0,
            'wasReplayed' => $wasReplayed,
            'seconds' => $this->seconds,
        ];
    }
}
