<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** Sends what changes a service, each with its idempotency key, and reads how it ended. */
final class Commands
{
    public function __construct(public readonly Api $api, private readonly Service $service)
    {
    }

    /**
     * Sends a request for the service. It is ended, so that the next one gets another key, after `$store` has stored what the
     * answer shows once.
     *
     * @param 'POST'|'PUT'|'PATCH'|'DELETE' $method
     * @param array<string, mixed> $body
     * @param (callable(Data): void)|null $store
     *
     * @throws ApiError|Refusal
     */
    public function send(string $method, string $path, array $body, string $action, ?callable $store = null): Data
    {
        $key = $this->api->keys()->begin($this->service->subject(), $action, [$path, $body]);
        $answer = new Data(match ($method) {
            'POST' => $this->api->post($path, $body, $key->text),
            'PUT' => $this->api->put($path, $body, $key->text),
            'PATCH' => $this->api->patch($path, $body, $key->text),
            'DELETE' => $this->api->delete($path, $key->text),
        });
        $outcome = $answer->at('run')->text('outcome');
        if ($answer->has('run') && $outcome !== 'done') {
            throw new Refusal(self::explain($answer, $outcome));
        }
        if ($store !== null) {
            $store($answer);
        }
        $key->end();
        return $answer;
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
        $key = $this->api->keys()->begin($this->service->subject(), 'sync', [$body]);
        $report = new Data($this->api->post('/services/sync', $body, $key->text));
        $key->end();
        $problems = array_map(static fn (Data $one): string => $one->text('message'), $report->items('problems'));
        if ($problems !== []) {
            throw new Refusal('Sluice can\'t use this service: ' . implode('; ', $problems));
        }
        foreach ($report->items('skipped') as $skipped) {
            throw new Refusal('Sluice left this service out: ' . $skipped->text('reason'));
        }
    }

    private static function explain(Data $answer, string $outcome): string
    {
        $message = $answer->at('error')->text('message') ?: $answer->at('service')->at('error')->text('message');
        $why = $message === '' ? "the run ended as \"$outcome\"" : $message;
        return rtrim(Text::sentence($why), '. ') . '. Repeat it, or wait for the next run of Sluice: what was begun is finished, and nothing is done twice.';
    }
}
