<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** Explains to staff why a call failed: what is known, and what to do next. */
final class Failures
{
    private const REPEAT = 'Whether it was done is not known yet: repeat it, and Sluice finishes what it began, or answers what was done.';
    private const NOTHING = 'Nothing was changed.';

    private readonly string $host;

    public function __construct(Connection $connection, private readonly bool $changes)
    {
        $this->host = (string) parse_url($connection->address, PHP_URL_HOST);
    }

    /** @param array{status: int, text: string, errno: int, problem: string, wasSent: bool, seconds: int} $answer */
    public function ofConnection(array $answer): ApiError
    {
        $certificate = [CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT, CURLE_SSL_PEER_CERTIFICATE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE];
        $isUnknown = $this->changes && $answer['wasSent'];
        [$reason, $what] = match (true) {
            in_array($answer['errno'], $certificate, true) => [
                'bad_certificate',
                "The encrypted connection to Sluice at \"{$this->host}\" failed ({$answer['problem']}). Check its certificate and port.",
            ],
            $answer['errno'] === CURLE_OPERATION_TIMEOUTED && $answer['wasSent'] => [
                'timeout',
                "Sluice at \"{$this->host}\" did not answer within {$answer['seconds']} seconds.",
            ],
            $answer['wasSent'] => ['cut_answer', "The answer of Sluice at \"{$this->host}\" did not arrive whole."],
            default => [
                'unreachable',
                "Sluice at \"{$this->host}\" can't be reached ({$answer['problem']}). Check the server's host name and port, and that sluice serve runs.",
            ],
        };
        return new ApiError($reason, $what . $this->outcome($isUnknown), $answer['status'], $isUnknown);
    }

    /**
     * @param array{status: int, text: string, errno: int, problem: string, wasSent: bool, seconds: int} $answer
     * @param array<array-key, mixed>|null $parsed
     */
    public function ofAnswer(array $answer, ?array $parsed): ApiError
    {
        $status = $answer['status'];
        $error = (new Data($parsed ?? []))->at('error');
        if ($error->text('code') !== '') {
            return $this->ofApi($status, $error);
        }
        $isUnknown = $this->changes && ($status >= 500 || $status < 300);
        $what = match (true) {
            $status >= 300 && $status < 400 => "The address of Sluice \"{$this->host}\" leads to another one (HTTP $status). Enter the address itself.",
            $status === 401 || $status === 403 => "\"{$this->host}\" refused the request (HTTP $status), and it was not Sluice that answered: check the address and what is before Sluice.",
            $status === 404 => "\"{$this->host}\" has no API of Sluice at this address (HTTP 404): check host name and port.",
            default => "\"{$this->host}\" answered with something else than Sluice does (HTTP $status). Check the proxy before it.",
        };
        return new ApiError('bad_answer', $what . $this->outcome($isUnknown), $status, $isUnknown);
    }

    private function ofApi(int $status, Data $error): ApiError
    {
        $code = $error->text('code');
        $message = rtrim(Text::sentence($error->text('message')), '. ') . '.';
        $isUnknown = $this->changes && $status >= 500;
        $next = match (true) {
            $status === 401 => ' Check the token: it is the password of the server in WHMCS, or the setting of the addon module.',
            $status === 403 => ' The token needs the scope operate, for all clients.',
            $code === 'request_running' => ' The same request is still running: wait for its end.',
            $status === 409 && (str_starts_with($code, 'lease_') || $code === 'busy') => ' Repeat it when this is over.',
            $status === 429 => ' Wait, and repeat it.',
            $status >= 500 && $this->changes => ' Repeat it later: what was begun is finished, and nothing is done twice.',
            default => '',
        };
        return new ApiError($code, $message . $next, $status, $isUnknown, null, $error->at('details')->text('purchase'));
    }

    private function outcome(bool $isUnknown): string
    {
        if (!$this->changes) {
            return '';
        }
        return ' ' . ($isUnknown ? self::REPEAT : self::NOTHING);
    }
}
