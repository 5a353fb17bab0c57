<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** Sends what changes a service, each with its idempotency key, and reads how it ended. */
final class Commands
{
    /** The commands of which Sluice stores what is to be, so that its runs finish them. */
    private const CARRIED_ON = ['suspend', 'unsuspend'];
    private const IN_DOUBT = 'It is not known yet whether the account has the new password, also where WHMCS shows it: repeat this.';

    public function __construct(public readonly Api $api, private readonly Service $service)
    {
    }

    /**
     * Sends a request for the service. It is ended, so that the next one gets another key, after `$store` has stored what the
     * answer shows once. The answer of an earlier request with the key does not count: what that did may have been undone since.
     *
     * @param 'POST'|'PUT'|'PATCH' $method
     * @param array<string, mixed> $body
     * @param (callable(Data): void)|null $store accepts the credentials
     *
     * @throws ApiError|Refusal
     */
    public function send(string $method, string $path, array $body, string $action, ?callable $store = null): Data
    {
        $key = $this->api->keys()->begin($this->service->subject(), $action, [$path, $body]);
        $answer = $this->ask($method, $path, $body, $key->text);
        $credentials = $answer->at('credentials');
        $isRepeated = $this->api->wasReplayed();
        if ($isRepeated) {
            $answer = $this->ask($method, $path, $body, $key->again());
            $credentials = $answer->has('credentials') ? $answer->at('credentials') : $credentials;
        }
        // Commands have a run; what only stores values answers with what is stored.
        if (!$answer->has('run') && ($method === 'POST' || !$answer->has('id'))) {
            throw ApiError::ofOther();
        }
        $outcome = $answer->at('run')->text('outcome');
        $isDone = !$answer->has('run') || $outcome === 'done';
        if ($store !== null && ($isDone || Credentials::areKnown($credentials))) {
            $store($credentials);
        }
        // Only the earlier answer shows that there is a password that nobody has.
        if ($isDone || !$isRepeated || $credentials->has('password')) {
            $key->end();
        }
        if (!$isDone) {
            $doubt = Credentials::areInDoubt($credentials) ? self::IN_DOUBT . ' ' : '';
            throw new Refusal($doubt . self::explain($answer, $outcome, $action));
        }
        return $answer;
    }

    /**
     * @param 'POST'|'PUT'|'PATCH' $method
     * @param array<string, mixed> $body
     *
     * @throws ApiError
     */
    private function ask(string $method, string $path, array $body, string $key): Data
    {
        return new Data(match ($method) {
            'POST' => $this->api->post($path, $body, $key),
            'PUT' => $this->api->put($path, $body, $key),
            'PATCH' => $this->api->patch($path, $body, $key),
        });
    }

    /**
     * Sends a provisioning command.
     *
     * @param array<string, mixed> $body
     * @param (callable(Data): void)|null $store
     *
     * @throws ApiError|Refusal
     */
    public function provision(string $verb, array $body = [], ?callable $store = null): Data
    {
        return $this->send('POST', $this->service->path("/provision/$verb"), $body, $verb, $store);
    }

    /**
     * Sends a command, after a sync of the service where Sluice does not have it, or its state in WHMCS, yet.
     *
     * @param array<string, mixed> $body
     *
     * @throws ApiError|Refusal
     */
    public function provisionKnown(string $verb, array $body = []): Data
    {
        try {
            return $this->provision($verb, $body);
        } catch (ApiError $error) {
            if (!in_array($error->reason, ['unknown_service', 'wrong_lifecycle'], true)) {
                throw $error;
            }
        }
        $this->sync();
        return $this->provision($verb, $body);
    }

    /**
     * Has Sluice read the service from WHMCS.
     *
     * @throws ApiError|Refusal
     */
    public function sync(): void
    {
        $body = ['service' => $this->service->number];
        if ($this->service->product !== '') {
            $body['product'] = $this->service->product;
        }
        // A sync reads: an earlier one's answer is of no use, so that each has a key of its own.
        $key = Keys::fresh($this->service->subject(), 'sync');
        $report = new Data($this->api->post('/services/sync', $body, $key));
        if (!$report->has('run')) {
            throw ApiError::ofOther();
        }
        $problems = array_map(static fn (Data $one): string => $one->text('message'), $report->items('problems'));
        if ($problems !== []) {
            throw new Refusal('Sluice can\'t use this service: ' . implode('; ', $problems));
        }
        foreach ($report->items('skipped') as $skipped) {
            throw new Refusal('Sluice left this service out: ' . $skipped->text('reason'));
        }
    }

    private static function explain(Data $answer, string $outcome, string $action): string
    {
        $own = $answer->at('error');
        $error = $own->text('message') === '' ? $answer->at('service')->at('error') : $own;
        $why = $error->text('message') ?: "the run ended as \"$outcome\"";
        $sentence = rtrim(Text::sentence($why), '. ') . '.';
        // No repetition finds a password that nobody knows.
        if ($error->text('code') === 'password_unknown') {
            return $sentence;
        }
        $finished = in_array($action, self::CARRIED_ON, true)
            ? 'What was begun is finished when it is repeated, or by the next run of Sluice'
            : 'Repeat it until it is done: a run of Sluice may never finish it';
        return "$sentence $finished; nothing is done twice.";
    }
}
