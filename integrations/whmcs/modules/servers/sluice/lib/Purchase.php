<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** Purchases on the customer's page. A ticket in the form makes a reload, or another site's form, buy nothing. */
final class Purchase
{
    /** Less than the week that Sluice keeps the answers of requests. */
    private const TICKET_SECONDS = 86_400;
    /** What customers read about the API's refusals. */
    private const REFUSALS = [
        'no_credit' => 'Your credit does not cover the price of this package; nothing was bought. Choose it again once you have added credit.',
        'price_changed' => 'This package has changed since the page was shown; nothing was bought. The page now says what it is: choose it again if you want it.',
        'purchase_unfinished' => 'This package was ordered before, and is not paid yet.',
        'unknown_package' => self::NOT_OFFERED,
        'package_not_offered' => self::NOT_OFFERED,
        'no_quota' => 'This service has no limit, so that more traffic has no effect.',
        'not_metered_yet' => 'The usage of this period is not read yet; nothing was bought. A package can be bought once it is.',
        'agent_limit' => self::NOT_AVAILABLE,
        'agent_suspended' => self::NOT_AVAILABLE,
        'unknown_panel' => self::NOT_AVAILABLE,
        'wrong_lifecycle' => 'This service has ended; nothing was bought.',
        'termination_unfinished' => 'This service is being ended; nothing was bought.',
    ];
    /** As on the customer's page of Sluice. */
    private const ORDERED = 'This is ordered and could not be charged yet: that is tried again by itself. Do not order it again.';
    private const NOT_AVAILABLE = 'This package is not available at the moment; nothing was charged. Please contact support.';
    private const NOT_OFFERED = 'This package is not on offer for this service. Choose another one.';

    public function __construct(
        private readonly Connection $connection,
        /** The id of the service in Sluice. */
        private readonly string $service,
        /** The id of the client in WHMCS. */
        private readonly string $client
    ) {
    }

    /**
     * Returns the purchases of the service that parameters of a module function name.
     *
     * @param array<array-key, mixed> $params
     *
     * @throws Refusal
     */
    public static function of(array $params): self
    {
        $service = Service::of($params);
        return new self(Connection::ofServer($params), $service->id, $service->client);
    }

    /** Returns the ticket of a form. */
    public function ticket(): string
    {
        $nonce = time() . '.' . bin2hex(random_bytes(12));
        return "$nonce." . $this->signature($nonce);
    }

    /**
     * Buys a package for the service. Returns what the client has to do before it counts; an empty text where it is paid.
     *
     * @param array<array-key, mixed> $form `package`, `ticket` and `agreed`
     *
     * @throws ApiError|Refusal
     */
    public function make(array $form): string
    {
        $entered = new Data($form);
        [$time, $random, $signature] = explode('.', $entered->text('ticket') . '..');
        $nonce = "$time.$random";
        $isOurs = hash_equals($this->signature($nonce), $signature);
        if (!$isOurs || (int) $time + self::TICKET_SECONDS < time()) {
            throw new Refusal('This page is out of date. Open the service again, and choose the package there.', true);
        }
        $package = $entered->text('package');
        $key = 'buy-' . substr(hash('sha256', "{$this->service}:$package"), 0, 24) . "-$nonce";
        $path = '/services/' . rawurlencode($this->service);
        $agreed = Agreed::of($entered->text('agreed'), $package);
        $body = ['package' => $package, 'client' => $this->client] + ($agreed === [] ? [] : ['agreed' => $agreed]);
        $api = new Api($this->connection);
        Owner::check($api, $path, $this->client);
        try {
            $bought = new Data($api->post("$path/purchases", $body, $key));
        } catch (ApiError $error) {
            $sentence = self::sentence($error);
            throw $sentence === null ? $error : new Refusal($sentence, true);
        }
        $purchase = $bought->at('purchase');
        if ($purchase->text('id') === '') {
            throw ApiError::ofOther();
        }
        return match ($purchase->text('status')) {
            'paid' => '',
            'pending' => $purchase->text('invoice') === ''
                ? 'This package was ordered, and is not paid yet.'
                : "Not bought yet: pay invoice {$purchase->text('invoice')} first. The package counts once it is paid.",
            default => 'This package was not bought. Open the service again, and choose it there.',
        };
    }

    /** Returns what customers read about an error of the API; null for nothing of their own. */
    private static function sentence(ApiError $error): ?string
    {
        if ($error->isOrdered()) {
            return self::ORDERED;
        }
        return $error->isOfSluice() ? self::REFUSALS[$error->reason] ?? null : null;
    }

    private function signature(string $nonce): string
    {
        return hash_hmac('sha256', "buy:{$this->service}:{$this->client}:$nonce", $this->connection->token);
    }
}
