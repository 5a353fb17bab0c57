<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

use WHMCS\Database\Capsule;

/**
 * A new password for a client, who asks with WHMCS's own form. Sluice generates it, and what was typed into the form is not used: a
 * client could choose one that others guess.
 */
final class ClientPassword
{
    /** @var array<string, string> by the service's id in WHMCS, of this request */
    private static array $made = [];

    private readonly Service $service;
    private readonly Api $api;

    /**
     * @param array<array-key, mixed> $params the parameters of the module function
     *
     * @throws Refusal
     */
    public function __construct(private readonly array $params)
    {
        $this->service = Service::of($params);
        $this->api = new Api(Connection::ofServer($params));
    }

    /**
     * Replaces the password on the panel, and stores the new one with the service in WHMCS.
     *
     * @throws ApiError|Refusal
     */
    public function replace(): void
    {
        Owner::check($this->api, $this->service->path(), $this->service->client);
        $this->checkTerms();
        $shown = new Data([]);
        $store = function (Data $credentials) use (&$shown): void {
            Credentials::store($this->params, $credentials);
            $shown = $credentials;
        };
        try {
            (new Commands($this->api, $this->service))->provision('change-password', [], $store);
        } catch (ApiError $error) {
            $isInDoubt = $error->isUnknown && !$error->isOfSluice();
            throw $isInDoubt ? new Refusal('Whether the password was changed is not known yet. Change it once more.', true) : $error;
        }
        if (!$shown->has('password') && !$shown->has('writtenTo')) {
            throw new Refusal('The password was changed. Please ask your provider for the new one.', true);
        }
        self::$made[$this->service->number] = $shown->text('password');
        $this->keep();
    }

    /** Returns the password that was made for a service of WHMCS in this request; an empty text where none was. */
    public static function made(string $service): string
    {
        return self::$made[$service] ?? '';
    }

    /** @throws ApiError|Refusal */
    private function checkTerms(): void
    {
        $terms = new Data($this->api->get($this->service->path('/customer-fields')));
        if ($terms->isTrue('observing')) {
            throw new Refusal('Nothing of this service can be changed at present. Please ask your provider.', true);
        }
        if (!$terms->isTrue('password')) {
            throw new Refusal('The password of this service can\'t be changed here. Please ask your provider.', true);
        }
    }

    /** Has the password stay, whenever in this request WHMCS stores the one from its form. */
    private function keep(): void
    {
        $number = (int) $this->service->number;
        $stored = Capsule::table('tblhosting')->where('id', $number)->value('password');
        register_shutdown_function(static function () use ($number, $stored): void {
            Capsule::table('tblhosting')->where('id', $number)->update(['password' => $stored]);
        });
    }
}
