<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** Purchases on the customer's page. A ticket in the form makes a reload, or another site's form, buy nothing. */
final class Purchase
{
    /** Less than the week that Sluice keeps the answers of requests. */
    private const TICKET_SECONDS = 86_400;

    /**
     * Returns the ticket of a form.
     *
     * @param array<array-key, mixed> $params the parameters of a module function
     *
     * @throws Refusal
     */
    public static function ticket(array $params): string
    {
        $nonce = time() . '.' . bin2hex(random_bytes(12));
        return "$nonce." . self::signature($params, $nonce);
    }

    /**
     * Buys a package for the service.
     *
     * @param array<array-key, mixed> $params the parameters of a module function
     * @param array<array-key, mixed> $form `package` and `ticket`
     *
     * @throws ApiError|Refusal
     */
    public static function make(array $params, array $form): void
    {
        $entered = new Data($form);
        [$time, $random, $signature] = explode('.', $entered->text('ticket') . '..');
        $nonce = "$time.$random";
        $isOurs = hash_equals(self::signature($params, $nonce), $signature);
        if (!$isOurs || (int) $time + self::TICKET_SECONDS < time()) {
            throw new Refusal('This page is out of date. Open the service again, and choose the package there.');
        }
        $service = Service::of($params);
        $package = $entered->text('package');
        $key = "whmcs-service-{$service->number}-buy-$nonce-" . substr(hash('sha256', $package), 0, 12);
        (new Api(Connection::ofServer($params)))->post($service->path('/purchases'), ['package' => $package], $key);
    }

    /** @param array<array-key, mixed> $params */
    private static function signature(array $params, string $nonce): string
    {
        $service = Service::of($params);
        $token = Connection::ofServer($params)->token;
        return hash_hmac('sha256', "buy:{$service->number}:{$service->client}:$nonce", $token);
    }
}
